# Sourced by scripts/bench.sh: rounds, and what came of them.

ticks() { # of a process, all its threads together, from the kernel's books
    local fields
    # The second field is the program's name, which may hold anything; utime and stime are the 14th and 15th of all.
    read -r -a fields < <(sed 's/.*) //' "/proc/$1/stat")
    echo $((fields[11] + fields[12]))
}

# Drives one server with one case, which is a file in `home`; prints: CPU µs per request, requests a second, p50 and p99
# in µs, requests, bytes written per request.
drive() { # process, address, case, status, seconds if it is not the usual length
    local before after line requests micros p50 p99 refused failed wrote expected=0
    before=$(ticks "$1")
    wrote=$(written "$1")
    line=$(wrk --threads $THREADS --connections $CONNECTIONS --duration "${5:-$length}s" --timeout 10s \
        --script scripts/bench/drive.lua "http://$2" -- "$home/$3" "${3##*.}" $THREADS | grep '^measured ') || {
        tail --quiet --lines=5 "$home"/log* >&2
        fail "$3: wrk could not measure http://$2; is the server still there?"
    }
    after=$(ticks "$1")
    wrote=$(($(written "$1") - wrote))
    read -r _ requests micros p50 p99 refused failed <<<"$line"
    if [ "$4" = refused ]; then expected=$requests; fi
    [ "$refused" = "$expected" ] || fail "$3: $refused of $requests requests were refused, $expected should have been"
    [ "$failed" = 0 ] || fail "$3: $failed requests failed"
    awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" -v us="$micros" -v p50="$p50" \
        -v p99="$p99" -v wrote="$wrote" 'BEGIN { print ticks * 1e6 / hz / n, n * 1e6 / us, p50, p99, n, wrote / n }'
}

# Each case next to the same requests to the bare handler, so that what the machine does besides meets both; and, where
# there are requests for it, next to the other server.
round() { # number; 0 warms up; the cases on stdin: the file, what becomes of its requests, the title
    local case status title base measured other
    while read -r case status title; do
        base=$(drive "$bare_pid" "$bare_at" "$case" allowed)
        measured=$(drive "$program_pid" "$program_at" "$case" "$status")
        other=
        if [ -f "$home/other/$case" ]; then other=$(drive "$other_pid" "$other_at" "other/$case" "$status"); fi
        [ "$1" = 0 ] || printf '%s\t%s %s %s\n' "$title" "$base" "$measured" "$other" >>"$home/results"
    done
}

# A line for each title in the order in which they came. Of the other server, where it was measured, the last columns.
report() { # what the other server is called, if there is one
    awk -F '\t' -v other="${1:-}" '
        function median(text,    values, n, i, j, swap) {
            n = split(text, values, " ")
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
                    swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap
                }
            least = values[1] + 0; most = values[n] + 0
            return n % 2 ? values[(n + 1) / 2] + 0 : (values[n / 2] + values[n / 2 + 1]) / 2
        }
        function spread(text,    middle) {
            middle = median(text)
            return sprintf("%.2f (%.2f to %.2f)", middle, least, most)
        }
        BEGIN {
            printf "\n%-41s %26s %9s %9s %8s %8s %8s %10s", "", "CPU ÷ bare", "CPU µs", "bare µs", "req/s",
                "p50 ms", "p99 ms", "B written"
            if (other != "") printf " %26s %9s %8s", other " ÷ bare", "CPU µs", "req/s"
            printf "\n"
        }
        !($1 in ratios) { order[++titles] = $1 }
        {
            n = split($2, f, " ")
            ratios[$1] = ratios[$1] " " f[7] / f[1]; cpu[$1] = cpu[$1] " " f[7]; base[$1] = base[$1] " " f[1]
            rate[$1] = rate[$1] " " f[8]; p50[$1] = p50[$1] " " f[9] / 1000; p99[$1] = p99[$1] " " f[10] / 1000
            wrote[$1] = wrote[$1] " " f[12]
            if (n < 18) next
            others[$1] = others[$1] " " f[13] / f[1]; their_cpu[$1] = their_cpu[$1] " " f[13]
            their_rate[$1] = their_rate[$1] " " f[14]
        }
        END {
            for (i = 1; i <= titles; i++) {
                t = order[i]
                printf "%-41s %26s %9.1f %9.1f %8d %8.2f %8.2f %10.1f", t, spread(ratios[t]), median(cpu[t]),
                    median(base[t]), median(rate[t]), median(p50[t]), median(p99[t]), median(wrote[t])
                if (t in others)
                    printf " %25s %9.1f %8d", spread(others[t]), median(their_cpu[t]), median(their_rate[t])
                printf "\n"
            }
        }' "$home/results"
}

line() { printf '%-17s %s\n' "$1" "$2"; } # what, how much
