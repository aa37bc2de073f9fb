//! The program: command line, configuration, log, then [`keywright::run`].

use clap::Parser as _;
use keywright::{
    cli::{self, AuditCommand, Cli, Command, Failure, Said, Surroundings, Verify},
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
        Command::Operator(asked) => match Config::load_from_process(asked.config.as_deref()) {
            Ok(config) => operate(asked, config),
            Err(faults) => refuse(&faults),
        },
        Command::Login(asked) => tell(async |around| asked.run(around).await),
        Command::Logout(asked) => tell(async |around| asked.run(around).await),
        Command::Whoami(asked) => tell(async |around| asked.run(around).await),
        Command::Token(asked) => tell(async |around| asked.run(around).await),
        Command::Keys(asked) => tell(async |around| asked.run(around).await),
        Command::Completions(asked) => tell(async |_| Ok(asked.run())),
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

#[tokio::main(flavor = "current_thread")]
async fn operate(asked: cli::operator::Operator, config: Config) -> ExitCode {
    match asked.run(&config).await {
        Ok(text) => print(&text),
        Err(failure) => {
            eprintln!("keywright: {failure}");
            failure.exit_code()
        }
    }
}

/// Runs a command for whoever manages keys.
#[tokio::main(flavor = "current_thread")]
async fn tell(command: impl AsyncFnOnce(&Surroundings) -> Result<Said, Failure>) -> ExitCode {
    match command(&Surroundings::of_process()).await {
        Ok(said) => match said.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(failure) => {
            eprintln!("keywright: {failure}");
            failure.exit_code()
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
