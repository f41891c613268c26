#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::*;

fn begun(answer: &Value) -> Offered {
    let mut offered = Offered::default();
    offered.begin(answer);
    offered
}

fn options(offered: &Offered) -> Vec<SessionOption> {
    match offered.told_options() {
        AgentEvent::Options(options) => options,
        other => panic!("{other:?}"),
    }
}

/// Ids with their values now.
fn values(offered: &Offered) -> Vec<(String, String)> {
    let all = options(offered).into_iter();
    all.map(|option| (option.id, option.current)).collect()
}

fn pair(id: &str, value: &str) -> (String, String) {
    (id.to_owned(), value.to_owned())
}

fn modern() -> Value {
    json!([
        {"id": "mode", "name": "Mode", "category": "mode", "type": "select", "currentValue": "ask",
            "options": [{"value": "ask", "name": "Ask"}, {"value": "plan", "name": "Plan", "description": "Only plan"}]},
        {"id": "m", "name": "Model", "category": "model", "type": "select", "currentValue": "b",
            "options": [{"group": "x", "name": "Fast", "options": [{"value": "a", "name": "A"}]},
                {"group": "y", "name": "Slow", "options": [{"value": "b"}]}]},
        {"id": "fast", "name": "Fast", "type": "boolean", "currentValue": false},
        {"id": "effort", "name": "Effort", "category": "thought_level", "type": "select", "currentValue": "low",
            "options": [{"value": "low", "name": "Low"}]},
        {"id": "odd", "name": "Odd", "type": "slider", "currentValue": 3},
    ])
}

fn older_models() -> Value {
    json!({"currentModelId": "auto", "availableModels": [{"modelId": "auto", "name": "Auto"}, {"modelId": "pro"}]})
}

fn older_modes() -> Value {
    json!({"currentModeId": "default", "availableModes": [{"id": "default", "name": "Default"}, {"id": "yolo"}]})
}

#[test]
fn options_are_read_with_their_groups_and_switches() {
    let offered = begun(&json!({"configOptions": modern(), "modes": older_modes()}));
    let all = options(&offered);
    let seen: Vec<_> = all
        .iter()
        .map(|o| (o.id.as_str(), o.category, o.current.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("mode", OptionCategory::Mode, "ask"),
            ("m", OptionCategory::Model, "b"),
            ("fast", OptionCategory::Other, "false"),
            ("effort", OptionCategory::Thinking, "low"),
        ]
    );
    let groups: Vec<_> = all[1]
        .choices
        .iter()
        .map(|c| (c.name.as_str(), c.group.as_deref()))
        .collect();
    assert_eq!(groups, [("A", Some("Fast")), ("b", Some("Slow"))]);
}

#[test]
fn the_older_ways_are_read_where_there_is_no_newer_one() {
    let offered = begun(&json!({"modes": older_modes(), "models": older_models()}));
    assert_eq!(
        values(&offered),
        [pair("mode", "default"), pair("model", "auto")]
    );
    let mixed =
        json!({"configOptions": [modern()[0]], "modes": older_modes(), "models": older_models()});
    assert_eq!(
        values(&begun(&mixed)),
        [pair("mode", "ask"), pair("model", "auto")]
    );
    assert!(values(&begun(&json!({}))).is_empty());
}

#[test]
fn each_option_is_set_in_its_own_way() {
    let offered = begun(&json!({"configOptions": modern()}));
    let choice = |id, value| offered.choice("s", id, value).unwrap();
    let set = "session/set_config_option";
    let select = json!({"sessionId": "s", "configId": "m", "value": "a"});
    assert_eq!(
        choice("m", "a"),
        Request {
            method: set,
            params: select
        }
    );
    let switch = json!({"sessionId": "s", "configId": "fast", "type": "boolean", "value": true});
    assert_eq!(
        choice("fast", "true"),
        Request {
            method: set,
            params: switch
        }
    );
    let older = begun(&json!({"modes": older_modes(), "models": older_models()}));
    let mode = older.choice("s", "mode", "yolo").unwrap();
    assert_eq!(
        (mode.method, mode.params),
        (
            "session/set_mode",
            json!({"sessionId": "s", "modeId": "yolo"})
        )
    );
    let model = older.choice("s", "model", "pro").unwrap();
    assert_eq!(
        (model.method, model.params),
        (
            "session/set_model",
            json!({"sessionId": "s", "modelId": "pro"})
        )
    );
}

#[test]
fn what_is_not_offered_is_not_asked_for() {
    let offered = begun(&json!({"configOptions": modern()}));
    for (id, value) in [("none", "a"), ("m", "c"), ("fast", "yes"), ("mode", "")] {
        offered.choice("s", id, value).unwrap_err();
    }
}

#[test]
fn an_answer_tells_the_new_whole_or_nothing() {
    let mut offered = begun(&json!({"configOptions": modern()}));
    offered.chosen("mode", "plan", &json!({"configOptions": [modern()[2]]}));
    assert_eq!(values(&offered), [pair("fast", "false")]);
    let mut older = begun(&json!({"modes": older_modes(), "models": older_models()}));
    older.chosen("model", "pro", &json!({}));
    assert_eq!(
        values(&older),
        [pair("mode", "default"), pair("model", "pro")]
    );
}

#[test]
fn updates_are_told_once() {
    let mut offered = begun(&json!({"configOptions": modern()}));
    let mode = json!({"sessionUpdate": "current_mode_update", "currentModeId": "plan"});
    assert_eq!(offered.learn(&mode).unwrap().len(), 1);
    assert_eq!(offered.learn(&mode), Some(vec![]));
    assert_eq!(values(&offered)[0], pair("mode", "plan"));
    let unknown = json!({"sessionUpdate": "current_mode_update", "currentModeId": "never offered"});
    assert_eq!(offered.learn(&unknown), Some(vec![]));
    let whole = json!({"sessionUpdate": "config_option_update", "configOptions": modern()});
    assert_eq!(offered.learn(&whole).unwrap().len(), 1);
    assert_eq!(offered.learn(&whole), Some(vec![]));
    let commands = json!({"sessionUpdate": "available_commands_update", "availableCommands": [
        {"name": "review", "description": "Look", "input": {"hint": "what"}}, {"name": "/init", "input": null}, {"x": 1},
    ]});
    let [AgentEvent::Commands(told)] = &offered.learn(&commands).unwrap()[..] else {
        panic!("not told");
    };
    let names: Vec<_> = told
        .iter()
        .map(|c| (c.name.as_str(), c.hint.as_deref()))
        .collect();
    assert_eq!(names, [("review", Some("what")), ("init", None)]);
    assert_eq!(offered.learn(&commands), Some(vec![]));
    for malformed in [
        "available_commands_update",
        "config_option_update",
        "current_mode_update",
    ] {
        assert_eq!(offered.learn(&json!({"sessionUpdate": malformed})), None);
    }
}

#[test]
fn what_is_offered_without_end_is_bounded() {
    let mut offered = Offered::default();
    let many: Vec<Value> = (0..5000)
        .map(|n| json!({"name": format!("c{n}"), "description": "x".repeat(10_000)}))
        .collect();
    let update = json!({"sessionUpdate": "available_commands_update", "availableCommands": many});
    let [AgentEvent::Commands(told)] = &offered.learn(&update).unwrap()[..] else {
        panic!("not told");
    };
    assert_eq!(told.len(), MOST_COMMANDS);
    assert!(
        told.iter()
            .all(|command| command.description.len() <= LONGEST_DESCRIPTION)
    );
    let values: Vec<Value> = (0..5000)
        .map(|n| json!({"value": format!("{n}")}))
        .collect();
    offered.begin(&json!({"configOptions": [{"id": "x", "currentValue": "1", "options": values}]}));
    assert_eq!(options(&offered)[0].choices.len(), MOST_CHOICES);
}

#[test]
fn a_command_is_known_by_its_whole_name() {
    let mut offered = Offered::default();
    assert!(!offered.is_command("/review"));
    let commands = json!([{"name": "review"}, {"name": "memory show"}]);
    offered.learn(
        &json!({"sessionUpdate": "available_commands_update", "availableCommands": commands}),
    );
    for text in ["/review", " /review main\nnow", "/memory show"] {
        assert!(offered.is_command(text), "{text}");
    }
    for text in ["/reviewer", "review", "/tmp/review", ""] {
        assert!(!offered.is_command(text), "{text}");
    }
}
