//! The command line as a person or a script meets it: arguments and files in, streams and exit codes out.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lessons::Preset;
use lessons::preset::PRESETS;
use serde_json::{Value, json};
use sim::Simulation;
use sim::units::{Span, Time};

const SHOP: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../lessons/scenarios/shop.json"
);
const SHOP_ASYNC: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../lessons/scenarios/shop-async.json"
);
const USAGE: Option<i32> = Some(2);

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tailback"));
    // Not the checkout: what is found by its slug must not be found as a file.
    command.args(words).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

fn tailback(words: &[&str]) -> Output {
    command(words).output().unwrap()
}

fn fed(words: &[&str], input: &[u8]) -> Output {
    let mut child = command(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// What a command printed that went well.
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", told(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command said beside its result.
fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn report(words: &[&str]) -> Value {
    let words = [&["run"], words, &["--json"]].concat();
    serde_json::from_str(&printed(&tailback(&words))).unwrap()
}

/// A command that must not be done: what it said.
fn refused(words: &[&str]) -> String {
    let output = tailback(words);
    assert_eq!(output.status.code(), USAGE, "{words:?}");
    assert_eq!(output.stdout, b"", "{words:?}");
    told(&output)
}

fn written(name: &str, text: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

/// The shop with a part of it replaced, as a file.
fn altered(name: &str, alter: impl FnOnce(&mut Value)) -> String {
    let mut shop: Value = serde_json::from_str(&fs::read_to_string(SHOP).unwrap()).unwrap();
    alter(&mut shop);
    let path = written(name, shop.to_string().as_bytes());
    path.to_str().unwrap().to_owned()
}

/// The row of a table, in cells.
fn row<'a>(text: &'a str, title: &str, id: &str) -> Vec<&'a str> {
    let table = text.split("\n\n").find(|part| part.starts_with(title));
    let row = table
        .unwrap_or_else(|| panic!("no table {title}:\n{text}"))
        .lines()
        .find(|line| line.split_whitespace().next() == Some(id));
    let row = row.unwrap_or_else(|| panic!("no row {id} in {title}:\n{text}"));
    row.split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect()
}

/// The digest of a preset's run, from the engine itself.
fn digest(slug: &str, secs: u64) -> String {
    let mut sim = Simulation::new(&Preset::find(slug).unwrap().scenario().unwrap());
    sim.run_until(Time::ZERO + Span::secs(secs));
    format!("{:016x}", sim.digest())
}

#[test]
fn a_shop_runs_by_its_path_and_by_its_slug() {
    for (path, slug, name) in [
        (SHOP, "shop", "The shop · "),
        (SHOP_ASYNC, "shop-async", "The shop, decoupled · "),
    ] {
        let by_path = printed(&tailback(&["run", path, "--for", "20s"]));
        let by_slug = printed(&tailback(&["run", slug, "--for", "20s"]));
        assert_eq!(by_path, by_slug);
        assert!(by_path.starts_with(name), "{by_path}");
        assert!(
            by_path.contains(" · seed 7 · 20 s simulated · "),
            "{by_path}"
        );
        assert!(
            by_path.contains(&format!("digest {}\n", digest(slug, 20))),
            "{by_path}"
        );
    }
}

#[test]
fn without_a_time_a_run_is_a_minute_long() {
    assert_eq!(report(&["shop"])["to_s"], 60.0);
}

#[test]
fn the_tables_hold_the_figures_of_the_report() {
    let words = ["shop-async", "--for", "30s", "--warmup", "5s"];
    let text = printed(&tailback(&[&["run"], &words[..]].concat()));
    let json = report(&words);

    let shoppers = row(&text, "Clients", "shoppers");
    let offered: f64 = shoppers[1].parse().unwrap();
    let exact = json["clients"][0]["offered_per_s"].as_f64().unwrap();
    assert!((offered - exact).abs() <= 0.05, "{offered} is not {exact}");
    let ok: u64 = shoppers[4].replace(',', "").parse().unwrap();
    assert_eq!(json["clients"][0]["ok"], ok);
    assert!(shoppers[9].ends_with(" ms"), "{shoppers:?}");

    let database = row(&text, "Services", "database");
    assert_eq!(database[1], json["services"][2]["state"].as_str().unwrap());
    assert_eq!(row(&text, "Resources", "database")[4], "16");
    assert_eq!(row(&text, "Resources", "database")[7], "512 MiB");

    assert_eq!(row(&text, "Edges: calls", "checkout-payments")[1], "async");
    let queue = row(&text, "Edges: queues", "checkout-payments");
    let published: u64 = queue[5].replace(',', "").parse().unwrap();
    assert!(published > 500);
    let edges = json["edges"].as_array().unwrap();
    let edge = edges
        .iter()
        .find(|edge| edge["id"] == "checkout-payments")
        .unwrap();
    assert_eq!(edge["queue"]["published"], published);
    assert!(
        !text
            .split("Edges: queues")
            .last()
            .unwrap()
            .contains("payments-database"),
        "a sync edge has no queue"
    );
}

#[test]
fn tables_fit_into_120_columns() {
    let long = "a-service-with-a-name-of-forty-letters-x";
    assert_eq!(long.len(), 40);
    let file = altered("wide.json", |shop| {
        let nodes = shop["nodes"].as_object_mut().unwrap();
        let email = nodes.remove("email").unwrap();
        nodes.insert(long.into(), email);
        nodes["shoppers"]["kind"]["client"]["rate"] = json!(2000);
        let edges = shop["edges"].as_object_mut().unwrap();
        let mut edge = edges.remove("checkout-email").unwrap();
        edge["to"] = long.into();
        edges.insert(long.into(), edge);
    });
    for file in ["shop", "shop-async", &file] {
        let text = printed(&tailback(&["run", file, "--for", "2min"]));
        for line in text.lines() {
            assert!(line.chars().count() <= 120, "{line}");
        }
    }
}

#[test]
fn json_is_the_report_with_name_and_seed() {
    let json = report(&["shop", "--for", "10s", "--warmup", "2s"]);
    let keys: Vec<&str> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "clients", "digest", "edges", "events", "from_s", "name", "seed", "services", "story",
        "system", "to_s",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        (&json["name"], &json["seed"]),
        (&json!("The shop"), &json!(7))
    );
    assert_eq!(
        (&json["from_s"], &json["to_s"]),
        (&json!(2.0), &json!(12.0))
    );
    assert_eq!(json["digest"], digest("shop", 12));
    for (part, count) in [("clients", 1), ("services", 6), ("edges", 6)] {
        assert_eq!(json[part].as_array().unwrap().len(), count, "{part}");
    }
}

#[test]
fn the_digest_hangs_on_the_seed() {
    let digest = |seed| report(&["shop", "--for", "5s", "--seed", seed])["digest"].clone();
    assert_eq!(digest("7"), digest("7"));
    assert_eq!(digest("7"), report(&["shop", "--for", "5s"])["digest"]);
    assert_ne!(digest("7"), digest("8"));
    assert_eq!(report(&["shop", "--for", "5s", "--seed", "8"])["seed"], 8);
}

/// Runs that end at the same time state the same facts, wherever their figures begin.
#[test]
fn the_digest_does_not_hang_on_the_warmup() {
    let whole = report(&["shop", "--for", "30s"]);
    let warm = report(&["shop", "--warmup", "10s", "--for", "20s"]);
    assert_eq!(whole["digest"], warm["digest"]);
    assert_eq!(whole["events"], warm["events"]);
    let offered = |of: &Value| of["clients"][0]["offered"].as_u64().unwrap();
    assert!(
        offered(&warm) * 10 < offered(&whole) * 8,
        "the warm-up is in the figures"
    );
}

#[test]
fn a_planned_fault_happens() {
    let file = altered("slow.json", |shop| {
        shop["faults"] = json!([{ "on": "database", "kind": { "slow": 10 }, "start": "10s" }]);
    });
    let goodput = |file: &str, warmup| {
        let json = report(&[file, "--warmup", warmup, "--for", "9s"]);
        json["clients"][0]["goodput_share"].as_f64().unwrap()
    };
    assert!(goodput(&file, "0s") > 0.97, "healthy before");
    assert!(goodput(&file, "20s") < 0.5, "down under the fault");
    assert!(goodput("shop", "20s") > 0.97, "healthy without it");
}

#[test]
fn standard_input_is_a_file_too() {
    let words = ["run", "-", "--for", "5s"];
    let text = printed(&fed(&words, &fs::read(SHOP).unwrap()));
    assert_eq!(text, printed(&tailback(&["run", SHOP, "--for", "5s"])));

    let broken = fed(&words, b"{");
    assert_eq!(broken.status.code(), USAGE);
    assert!(
        told(&broken).starts_with("standard input: line 1, column 1: "),
        "{}",
        told(&broken)
    );
}

#[test]
fn real_time_and_hints_stay_out_of_the_result() {
    let file = altered("mute.json", |shop| {
        shop["nodes"]["shoppers"]["kind"]["client"]["rate"] = json!(0);
    });
    let output = tailback(&["run", &file, "--for", "5s", "--json"]);
    serde_json::from_slice::<Value>(&output.stdout).unwrap();
    let told = told(&output);
    assert!(told.starts_with("hint: shoppers: Its rate is 0"), "{told}");
    assert!(
        told.contains("5s simulated in ") && told.contains(" s of real time"),
        "{told}"
    );
    let text = printed(&tailback(&["run", &file, "--for", "5s"]));
    assert!(
        !text.contains("hint") && !text.contains("real time"),
        "{text}"
    );
}

#[test]
fn an_empty_board_runs() {
    let output = fed(&["run", "-", "--for", "5s"], b"{}");
    let text = printed(&output);
    assert!(
        text.starts_with("A scenario without a name · seed 1 · 5 s simulated · 0 events"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn a_broken_file_says_where_with_each_problem_on_its_line() {
    let file = altered("broken.json", |shop| {
        shop["nodes"]["payments"]["kind"]["service"]["threads"] = json!(0);
        shop["edges"]["checkout-payments"]["to"] = json!("nobody");
    });
    let told = refused(&["run", &file]);
    let expected = format!(
        "{file}: nodes.payments.kind.service.threads: 0 is outside 1 to 10000\n\
         {file}: edges.checkout-payments.to: there is no node \"nobody\"\n"
    );
    assert_eq!(told, expected);

    let file = altered("misfit.json", |shop| {
        shop["nodes"]["payments"]["kind"]["service"]["threds"] = json!(3);
    });
    let told = refused(&["run", &file]);
    assert!(
        told.starts_with(&format!(
            "{file}: nodes.payments.kind.service.threds: unknown field"
        )),
        "{told}"
    );
}

#[test]
fn a_file_that_is_no_text_or_too_long_is_refused() {
    let binary = written("binary.json", &[0xff, 0xfe, 0]);
    let told = refused(&["run", binary.to_str().unwrap()]);
    assert!(
        told.ends_with("binary.json: it is not text in UTF-8\n"),
        "{told}"
    );
    let huge = written(
        "huge.json",
        &vec![b' '; sim::scenario::save::LONGEST_FILE + 1],
    );
    let told = refused(&["run", huge.to_str().unwrap()]);
    assert!(
        told.contains("huge.json: it is longer than 4194304 bytes"),
        "{told}"
    );
}

#[test]
fn a_missing_file_says_what_to_do() {
    for (file, why) in [
        ("nowhere.json", "there is no such file"),
        (".", "this is a folder"),
    ] {
        let told = refused(&["run", file]);
        assert!(
            told.starts_with(&format!("{file}: {why}. Give the path")),
            "{told}"
        );
        let shipped: Vec<&str> = PRESETS.iter().map(|preset| preset.slug).collect();
        assert!(
            told.ends_with(&format!(": {}\n", shipped.join(", "))),
            "{told}"
        );
    }
}

#[test]
fn a_bad_time_says_how_times_are_written() {
    for time in ["120", "5 parsec", "-5s", "400h"] {
        for option in ["--for", "--warmup"] {
            let told = refused(&["run", "shop", option, time]);
            assert!(
                told.contains(r#"a time with its unit, such as "250ms""#),
                "{told}"
            );
        }
    }
    assert!(refused(&["run", "shop", "--for", "0s"]).contains("nothing to measure"));
    assert!(
        refused(&["run", "shop", "--for", "24h", "--warmup", "1s"]).contains("a day (24h) at most")
    );
    assert!(refused(&["run", "shop", "--seed", "many"]).contains("--seed"));
    refused(&["walk"]);
}

#[test]
fn the_schema_is_json_and_knows_the_nodes() {
    let schema: Value = serde_json::from_str(&printed(&tailback(&["schema"]))).unwrap();
    assert!(schema["properties"]["nodes"].is_object(), "{schema}");
    assert_eq!(schema["title"], "Scenario");
}

/// Whoever reads may stop reading (`| head`): no panic, no complaint.
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for words in [
        &["run", "-", "--for", "1s"][..],
        &["run", "-", "--for", "1s", "--json"],
    ] {
        let mut child = command(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It waits for its input, so both readers are gone before it writes.
        drop((child.stdout.take(), child.stderr.take()));
        child
            .stdin
            .take()
            .unwrap()
            .write_all(&fs::read(SHOP).unwrap())
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{words:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command(&["schema"])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = output.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).starts_with("the output cannot be written"),
        "{}",
        told(&output)
    );
}
