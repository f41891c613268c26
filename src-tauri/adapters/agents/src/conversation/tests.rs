//! The conversation without a process: how it is opened and resumed, and what a stopped turn still says.

use super::*;
use serde_json::json;

/// What the agent hears and what the domain is told, without the ids of lines.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    sent: Vec<Value>,
    told: Vec<AgentEvent>,
    failed: Option<Cause>,
}

fn said(text: &str) -> Vec<PromptPart> {
    vec![PromptPart::Text(text.to_owned())]
}

fn heard(acts: Vec<Act>) -> Heard {
    let mut heard = Heard::default();
    for act in acts {
        match act {
            Act::Send(line) | Act::SendPrompt(line) => {
                heard.sent.push(serde_json::from_str(&line).unwrap())
            }
            Act::Tell(event) => heard.told.push(event),
            Act::Fail(cause) => heard.failed = Some(cause),
        }
    }
    heard
}

fn hear(conversation: &mut Conversation, message: &Value) -> Heard {
    heard(conversation.hear(rpc::read(&message.to_string()).unwrap()))
}

/// A conversation whose agent answered the greeting with these abilities; and what it was asked then.
fn greeted(resume: Option<&str>, abilities: &Value) -> (Conversation, Heard) {
    let mut conversation = Conversation::new("/work tree".into(), resume.map(str::to_owned));
    let greeting = heard(conversation.begin());
    assert_eq!(greeting.sent[0]["method"], "initialize");
    let hello = json!({"id": 0, "result": {"protocolVersion": 1, "agentCapabilities": abilities}});
    let then = hear(&mut conversation, &hello);
    (conversation, then)
}

fn open() -> Conversation {
    let (mut conversation, _) = greeted(None, &json!({}));
    hear(
        &mut conversation,
        &json!({"id": 1, "result": {"sessionId": "s"}}),
    );
    conversation
}

fn opened(id: &str, opening: Opening) -> Vec<AgentEvent> {
    let agent_session = id.to_owned();
    let opened = AgentEvent::Opened {
        agent_session,
        opening,
    };
    vec![opened, AgentEvent::Options(Vec::new())]
}

fn text(session: &str, text: &str) -> Value {
    json!({"method": "session/update", "params": {"sessionId": session, "update":
        {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}}})
}

fn permission(id: u64) -> Value {
    json!({"id": id, "method": "session/request_permission", "params": {
        "toolCall": {"toolCallId": "a", "title": "Run"},
        "options": [{"optionId": "y", "kind": "allow_once", "name": "Yes"}]}})
}

#[test]
fn an_agent_that_asks_without_end_is_refused_once_nobody_could_read_it_all() {
    let mut conversation = open();
    let first: usize = (0..100)
        .map(|id| hear(&mut conversation, &permission(id)).told.len())
        .sum();
    assert_eq!(first, 100);
    let more = hear(&mut conversation, &permission(100));
    assert_eq!(more.sent[0]["result"]["outcome"]["outcome"], "cancelled");
    assert!(matches!(&more.told[..], [AgentEvent::Trouble(said)] if said.contains("100")));
    conversation.answer("1", &Answer::Decline);
    assert_eq!(hear(&mut conversation, &permission(101)).told.len(), 1);
}

#[test]
fn the_greeting_offers_version_1_forms_and_nothing_else() {
    let mut conversation = Conversation::new("/w".into(), None);
    let params = heard(conversation.begin()).sent[0]["params"].clone();
    assert_eq!(params["protocolVersion"], 1);
    let able = &params["clientCapabilities"];
    assert_eq!(
        able["fs"],
        json!({"readTextFile": false, "writeTextFile": false})
    );
    assert_eq!(able["terminal"], false);
    assert_eq!(able["elicitation"], json!({"form": {}}));
    assert_eq!(able["auth"]["terminal"], true);
    assert_eq!(able["session"]["configOptions"], json!({"boolean": {}}));
}

#[test]
fn a_new_conversation_names_its_folder_and_no_servers() {
    let (mut conversation, asked) = greeted(None, &json!({"loadSession": true}));
    assert_eq!(asked.sent[0]["method"], "session/new");
    assert_eq!(
        asked.sent[0]["params"],
        json!({"cwd": "/work tree", "mcpServers": []})
    );
    let then = hear(
        &mut conversation,
        &json!({"id": 1, "result": {"sessionId": "s"}}),
    );
    assert_eq!(then.told, opened("s", Opening::New));
}

#[test]
fn resume_is_preferred_and_its_replay_is_not_told() {
    let both = json!({"loadSession": true, "sessionCapabilities": {"resume": {}}});
    let (mut conversation, asked) = greeted(Some("old"), &both);
    assert_eq!(asked.sent[0]["method"], "session/resume");
    assert_eq!(
        hear(&mut conversation, &text("old", "history")),
        Heard::default()
    );
    let then = hear(&mut conversation, &json!({"id": 1, "result": {}}));
    assert_eq!(then.told, opened("old", Opening::Resumed));
}

#[test]
fn a_load_is_open_when_its_replay_is_through() {
    let (mut conversation, asked) = greeted(Some("old"), &json!({"loadSession": true}));
    assert_eq!(asked.sent[0]["method"], "session/load");
    assert_eq!(
        hear(&mut conversation, &json!({"id": 1, "result": {}})),
        Heard::default()
    );
    assert!(conversation.is_settling());
    assert_eq!(
        hear(&mut conversation, &text("old", "late history")),
        Heard::default()
    );
    assert_eq!(
        heard(conversation.settled()).told,
        opened("old", Opening::Resumed)
    );
    assert_eq!(
        hear(&mut conversation, &text("old", "later history")),
        Heard::default()
    );
    conversation.prompt(said("go on"));
    let live = hear(&mut conversation, &text("old", "live"));
    assert_eq!(live.told, [AgentEvent::Text("live".to_owned())]);
}

#[test]
fn a_message_of_another_id_is_another_message_though_nothing_came_between() {
    let mut conversation = open();
    conversation.prompt(said("go"));
    let mut told = Vec::new();
    for (id, piece) in [
        (Some("1"), "It is "),
        (Some("1"), "done."),
        (Some("2"), "Anything else?"),
        (None, " No id"),
        (None, " says nothing."),
    ] {
        let mut update = text("s", piece);
        if let Some(id) = id {
            update["params"]["update"]["messageId"] = json!(id);
        }
        told.extend(hear(&mut conversation, &update).told);
    }
    let said = |text: &str| AgentEvent::Text(text.to_owned());
    assert_eq!(
        told,
        [
            said("It is "),
            said("done."),
            AgentEvent::NextMessage,
            said("Anything else?"),
            said(" No id"),
            said(" says nothing."),
        ]
    );
}

#[test]
fn what_cannot_be_resumed_is_lost_and_begun_anew() {
    let failing = json!({"id": 1, "error": {"code": -32002, "message": "Resource not found"}});
    for abilities in [
        json!({"loadSession": true}),
        json!({"sessionCapabilities": {"resume": {}}}),
    ] {
        let (mut conversation, _) = greeted(Some("old"), &abilities);
        let again = hear(&mut conversation, &failing);
        assert_eq!(again.sent[0]["method"], "session/new", "{abilities}");
        let then = hear(
            &mut conversation,
            &json!({"id": 2, "result": {"sessionId": "new"}}),
        );
        assert_eq!(then.told, opened("new", Opening::Lost));
    }
    let (mut conversation, asked) = greeted(Some("old"), &json!({}));
    assert_eq!(asked.sent[0]["method"], "session/new");
    let then = hear(
        &mut conversation,
        &json!({"id": 1, "result": {"sessionId": "new"}}),
    );
    assert_eq!(then.told, opened("new", Opening::Lost));
}

#[test]
fn a_refused_handshake_says_why() {
    let refused = |message: &Value| {
        let (mut conversation, _) = greeted(None, &json!({}));
        hear(&mut conversation, message).failed.unwrap()
    };
    let sign_in = json!({"id": 1, "error": {"code": -32000, "message": "Authentication required"}});
    assert!(matches!(refused(&sign_in), Cause::SignIn { .. }));
    let nameless = json!({"id": 1, "result": {}});
    assert!(matches!(refused(&nameless), Cause::Protocol { .. }));
    let mut conversation = Conversation::new("/w".into(), None);
    conversation.begin();
    let dumb = hear(&mut conversation, &json!({"id": 0, "result": null}));
    assert!(matches!(dumb.failed, Some(Cause::Protocol { .. })));
}

#[test]
fn a_stopped_turn_asks_nobody_and_ends_cancelled_whatever_the_agent_says() {
    let mut conversation = open();
    conversation.prompt(said("work"));
    assert!(matches!(
        hear(&mut conversation, &permission(5)).told[..],
        [AgentEvent::Asked { .. }]
    ));
    let cancelled = json!({"outcome": {"outcome": "cancelled"}});
    let stop = heard(conversation.cancel());
    assert_eq!(stop.sent[0]["method"], "session/cancel");
    assert_eq!(
        (&stop.sent[1]["id"], &stop.sent[1]["result"]),
        (&json!(5), &cancelled)
    );
    assert_eq!(
        heard(conversation.cancel()),
        Heard::default(),
        "it is cancelled once"
    );
    let late = hear(&mut conversation, &permission(6));
    assert_eq!((late.told.len(), &late.sent[0]["result"]), (0, &cancelled));
    let error = hear(
        &mut conversation,
        &json!({"id": 2, "error": {"code": -32603, "message": "aborted"}}),
    );
    assert_eq!(
        error.told,
        [AgentEvent::TurnEnded {
            reason: "cancelled".to_owned()
        }]
    );
    assert!(!conversation.in_turn());

    conversation.prompt(said("more"));
    conversation.cancel();
    let as_if_all_were_said = json!({"id": 3, "result": {"stopReason": "end_turn"}});
    let ended = hear(&mut conversation, &as_if_all_were_said).told;
    assert!(matches!(&ended[..], [AgentEvent::TurnEnded { reason }] if reason == "cancelled"));
}

#[test]
fn a_request_that_is_taken_back_is_answered_and_told() {
    let mut conversation = open();
    conversation.prompt(said("work"));
    hear(&mut conversation, &permission(5));
    let back = json!({"method": "$/cancel_request", "params": {"requestId": 5}});
    let then = hear(&mut conversation, &back);
    assert_eq!(
        then.told,
        [AgentEvent::AskWithdrawn {
            token: "1".to_owned()
        }]
    );
    assert_eq!(
        (&then.sent[0]["id"], &then.sent[0]["error"]["code"]),
        (&json!(5), &json!(-32800))
    );
    assert_eq!(hear(&mut conversation, &back), Heard::default());
    let late = conversation.answer("1", &Answer::Option { id: "y".to_owned() });
    assert_eq!(
        heard(late),
        Heard::default(),
        "an answer that comes too late is not passed on"
    );
}

#[test]
fn a_question_left_open_at_the_end_of_a_turn_is_withdrawn() {
    let mut conversation = open();
    conversation.prompt(said("work"));
    hear(&mut conversation, &permission(5));
    let end = hear(
        &mut conversation,
        &json!({"id": 2, "result": {"stopReason": "end_turn"}}),
    );
    let withdrawn = AgentEvent::AskWithdrawn {
        token: "1".to_owned(),
    };
    let ended = AgentEvent::TurnEnded {
        reason: "end_turn".to_owned(),
    };
    assert_eq!(end.told, [withdrawn, ended]);
    assert_eq!(end.sent[0]["result"]["outcome"]["outcome"], "cancelled");
}

#[test]
fn the_words_of_other_conversations_and_extensions_are_left_out() {
    let mut conversation = open();
    assert_eq!(
        hear(&mut conversation, &text("other", "not mine")),
        Heard::default()
    );
    let extension = json!({"method": "_auth/status_update", "params": {}});
    assert_eq!(hear(&mut conversation, &extension), Heard::default());
    let unknown = hear(
        &mut conversation,
        &json!({"method": "agent/mood", "params": {"good": true}}),
    );
    assert!(matches!(&unknown.told[..], [AgentEvent::Other { name, .. }] if name == "agent/mood"));
}

#[test]
fn what_a_helper_of_the_agent_does_is_shown_and_what_it_says_is_told_of_once() {
    let mut conversation = open();
    conversation.prompt(said("work"));
    let tool = |session: &str| {
        json!({"method": "session/update", "params": {"sessionId": session, "update":
            {"sessionUpdate": "tool_call", "toolCallId": "a", "title": session}}})
    };
    let id_of = |heard: Heard| match &heard.told[..] {
        [AgentEvent::Tool(patch)] => patch.call.clone(),
        other => panic!("{other:?}"),
    };
    let own = id_of(hear(&mut conversation, &tool("s")));
    let helpers = id_of(hear(&mut conversation, &tool("helper")));
    assert_ne!(own, helpers, "two conversations may use the same id");
    let first = hear(&mut conversation, &text("helper", "I begin"));
    assert!(matches!(&first.told[..], [AgentEvent::Other { name, .. }] if name == "subagent"));
    assert_eq!(
        hear(&mut conversation, &text("helper", " and go on")),
        Heard::default()
    );
    let mut asked = permission(5);
    asked["params"]["sessionId"] = json!("helper");
    let asked = hear(&mut conversation, &asked);
    let [AgentEvent::Asked { ask, .. }] = &asked.told[..] else {
        panic!("not asked");
    };
    assert_eq!(ask.call.as_ref().map(|call| &call.call), Some(&helpers));
    let turn_end = json!({"id": 2, "result": {"stopReason": "end_turn"}});
    hear(&mut conversation, &turn_end);
    assert_eq!(hear(&mut conversation, &tool("helper")), Heard::default());
}

#[test]
fn what_comes_late_of_a_conversation_that_was_given_up_is_nobodys() {
    let (mut conversation, _) = greeted(Some("old"), &json!({"loadSession": true}));
    let failing = json!({"id": 1, "error": {"code": -32002, "message": "Resource not found"}});
    hear(&mut conversation, &failing);
    let new = json!({"id": 2, "result": {"sessionId": "new"}});
    hear(&mut conversation, &new);
    conversation.prompt(said("work"));
    let late = json!({"method": "session/update", "params": {"sessionId": "old", "update":
        {"sessionUpdate": "tool_call", "toolCallId": "a", "title": "done long ago"}}});
    assert_eq!(hear(&mut conversation, &late), Heard::default());
}

#[test]
fn whether_pictures_are_taken_is_told_before_all_else_and_offers_just_after_the_opening() {
    let able =
        json!({"promptCapabilities": {"image": true}, "sessionCapabilities": {"resume": {}}});
    let (mut conversation, greeting) = greeted(Some("old"), &able);
    assert_eq!(greeting.told, [AgentEvent::Images(true)]);
    let commands = json!({"method": "session/update", "params": {"sessionId": "old", "update":
        {"sessionUpdate": "available_commands_update", "availableCommands": [{"name": "init"}]}}});
    assert_eq!(hear(&mut conversation, &commands), Heard::default());
    let modes = json!({"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"id": "do"}]});
    let then = hear(
        &mut conversation,
        &json!({"id": 1, "result": {"modes": modes}}),
    );
    let [
        AgentEvent::Opened { .. },
        AgentEvent::Options(options),
        AgentEvent::Commands(commands),
    ] = &then.told[..]
    else {
        panic!("{:?}", then.told);
    };
    assert_eq!((options.len(), commands.len()), (1, 1));
}

#[test]
fn a_choice_is_asked_for_and_told_or_refused() {
    let (mut conversation, _) = greeted(None, &json!({}));
    let refused = |heard: Heard| match &heard.told[..] {
        [AgentEvent::OptionRefused { id, said }] => (id.clone(), said.clone()),
        other => panic!("{other:?}"),
    };
    let early = refused(heard(conversation.set_option("mode", "do")));
    assert_eq!(early.0, "mode");
    let modes = json!({"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"id": "do"}]});
    let opened = json!({"id": 1, "result": {"sessionId": "s", "modes": modes}});
    hear(&mut conversation, &opened);
    let asked = heard(conversation.set_option("mode", "do"));
    assert_eq!(asked.sent[0]["method"], "session/set_mode");
    let then = hear(&mut conversation, &json!({"id": 2, "result": {}}));
    assert!(matches!(&then.told[..], [AgentEvent::Options(all)] if all[0].current == "do"));
    conversation.set_option("mode", "ask");
    let error = json!({"id": 3, "error": {"code": -32603, "message": "Internal error: not now"}});
    let said = refused(hear(&mut conversation, &error));
    assert_eq!(said, ("mode".to_owned(), "not now".to_owned()));
}

#[test]
fn a_slash_command_goes_alone_and_the_next_prompt_brings_the_context() {
    let mut conversation = open();
    let commands = json!({"method": "session/update", "params": {"sessionId": "s", "update":
        {"sessionUpdate": "available_commands_update", "availableCommands": [{"name": "init"}]}}});
    hear(&mut conversation, &commands);
    let mut texts = |text: &str, id: u64| {
        let context = PromptPart::Context("You are in a worktree.".to_owned());
        let parts = said(text).into_iter().chain([context]).collect();
        let sent = heard(conversation.prompt(parts)).sent.remove(0);
        hear(
            &mut conversation,
            &json!({"id": id, "result": {"stopReason": "end_turn"}}),
        );
        let blocks = sent["params"]["prompt"].as_array().unwrap().clone();
        let text = |block: &Value| block["text"].as_str().unwrap().to_owned();
        blocks.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(texts("/init now", 2), ["/init now"]);
    let place = "You are in a worktree.";
    assert_eq!(texts("/tmp is full", 3), ["/tmp is full", place, place]);
}

#[test]
fn a_picture_that_is_not_taken_is_told_to_both() {
    let mut conversation = open();
    let picture = PromptPart::Image {
        name: "shot.png".to_owned(),
        mime: "image/png".to_owned(),
        bytes: b"x"[..].into(),
    };
    let sent = heard(conversation.prompt(vec![picture]));
    let said = sent.sent[0]["params"]["prompt"][0]["text"].as_str();
    assert!(said.is_some_and(|said| said.contains("shot.png")));
    assert!(matches!(&sent.told[..], [AgentEvent::Trouble(said)] if said.contains("shot.png")));
}

/// A conversation whose agent offers two modes and two models.
fn with_choices() -> Conversation {
    let (mut conversation, _) = greeted(None, &json!({}));
    let modes = json!({"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"id": "do"}]});
    let models = json!({"currentModelId": "small", "availableModels": [{"modelId": "small"}, {"modelId": "large"}]});
    let opened = json!({"id": 1, "result": {"sessionId": "s", "modes": modes, "models": models}});
    hear(&mut conversation, &opened);
    conversation
}

fn methods(heard: &Heard) -> Vec<&str> {
    let methods = heard.sent.iter().map(|line| line["method"].as_str());
    methods.flatten().collect()
}

#[test]
fn a_prompt_waits_until_each_choice_is_confirmed() {
    let mut conversation = with_choices();
    let first = heard(conversation.set_option("model", "large"));
    assert_eq!(methods(&first), ["session/set_model"]);
    let second = heard(conversation.set_option("mode", "do"));
    assert_eq!(methods(&second), [""; 0], "it waits for the first");
    assert_eq!(heard(conversation.prompt(said("go"))), Heard::default());
    assert!(conversation.in_turn());
    let then = hear(&mut conversation, &json!({"id": 2, "result": {}}));
    assert_eq!(methods(&then), ["session/set_mode"]);
    let then = hear(
        &mut conversation,
        &json!({"id": 3, "error": {"code": 1, "message": "no"}}),
    );
    assert!(matches!(&then.told[..], [AgentEvent::OptionRefused { id, .. }] if id == "mode"));
    assert_eq!(methods(&then), ["session/prompt"], "a refusal is an answer");
}

#[test]
fn an_agent_that_confirms_nothing_gets_all_of_it_in_the_end() {
    let mut conversation = with_choices();
    conversation.set_option("model", "large");
    conversation.set_option("mode", "do");
    conversation.prompt(said("go"));
    let late = heard(conversation.unconfirmed());
    assert_eq!(methods(&late), ["session/set_mode", "session/prompt"]);
    assert!(matches!(&late.told[..], [AgentEvent::Trouble(said)] if said.contains("confirm")));
    let answer = hear(&mut conversation, &json!({"id": 2, "result": {}}));
    assert_eq!(methods(&answer), [""; 0]);
}

#[test]
fn a_turn_that_is_stopped_before_its_prompt_went_is_begun_and_stopped() {
    let mut conversation = with_choices();
    conversation.set_option("mode", "do");
    conversation.prompt(said("go"));
    let stop = heard(conversation.cancel());
    assert_eq!(methods(&stop), ["session/prompt", "session/cancel"]);
}

#[test]
fn a_second_prompt_within_a_turn_is_not_sent() {
    let mut conversation = open();
    assert_eq!(heard(conversation.prompt(said("one"))).sent.len(), 1);
    assert_eq!(heard(conversation.prompt(said("two"))), Heard::default());
}
