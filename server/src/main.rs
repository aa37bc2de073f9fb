//! The program: command line, configuration, log, then [`keywright::run`].

use clap::Parser as _;
use keywright::{
    cli::{self, AuditCommand, Cli, Command, Verify},
    config::{Config, Faults},
    logs,
};
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(source) => match Config::load_from_process(source.config.as_deref()) {
            Ok(config) => serve(config),
            Err(faults) => refuse(&faults),
        },
        Command::CheckConfig(source) => match cli::check_config(Config::load_from_process(source.config.as_deref())) {
            Ok(summary) => print(&summary),
            Err(faults) => refuse(&faults),
        },
        Command::Audit(AuditCommand::Verify(verify)) => {
            match Config::load_from_process(verify.source.config.as_deref()) {
                Ok(config) => verify_audit(config, verify),
                Err(faults) => refuse(&faults),
            }
        }
        Command::Profiles => print(&cli::profiles()),
    }
}

#[tokio::main]
async fn serve(config: Config) -> ExitCode {
    let result = match logs::start(&config) {
        Ok(()) => keywright::run(config).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("keywright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn verify_audit(config: Config, verify: Verify) -> ExitCode {
    match cli::verify_audit(&config, &verify.head).await {
        Ok(report) => {
            print!("{}", report.text);
            if report.whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("keywright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> ExitCode {
    print!("{text}");
    ExitCode::SUCCESS
}

fn refuse(faults: &Faults) -> ExitCode {
    eprintln!("{faults}");
    eprintln!("keywright: {} to correct; `keywright serve --help` explains every setting", counted(faults.list.len()));
    ExitCode::FAILURE
}

fn counted(faults: usize) -> String {
    if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") }
}
