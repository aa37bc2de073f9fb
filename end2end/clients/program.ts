import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Where scripts/setup-clients.sh puts what it installs and builds. */
const BUILT = resolve(import.meta.dirname, '../../target/clients');

export const PYTHON = resolve(BUILT, 'python/bin/python');
export const DEVICE = resolve(BUILT, 'debug/device');

/** A line that a program prints: a link for the person to follow, or at the end what came of it. */
type Line<T> = { visit: string } | { done: T };

/**
 * Runs an app that is a program in another language. It prints links, one JSON object a line; for each it reads a line
 * with the address to which the person was sent back.
 */
export async function run<T>(command: string, args: string[], visit: (link: string) => Promise<URL | void>): Promise<T> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const ended = new Promise<number | null>((done) => {
    child.once('error', (error) => {
      errors += `${error}\n`;
      done(null);
    });
    child.once('close', done);
  });
  try {
    let result: T | undefined;
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Line<T>;
      if ('visit' in line) child.stdin.write(`${(await visit(line.visit)) ?? ''}\n`);
      else result = line.done;
    }
    const code = await ended;
    if (code !== 0 || result === undefined) throw new Error(`${command} ${args[0]} ended with ${code}:\n${errors}`);
    return result;
  } finally {
    child.kill();
  }
}
