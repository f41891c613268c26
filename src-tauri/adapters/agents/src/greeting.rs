//! The first words to an agent, and whether it speaks what we speak.

use agent_client_protocol_schema::ProtocolVersion;
use agent_client_protocol_schema::v1::{
    AuthCapabilities, BooleanConfigOptionCapabilities, ClientCapabilities,
    ClientSessionCapabilities, ElicitationCapabilities, ElicitationFormCapabilities,
    Implementation, InitializeRequest, SessionConfigOptionsCapabilities,
};
use serde_json::Value;
use session::Cause;

/// Version 1, forms, switches, and signing in in a terminal. No files and no terminals of ours: no agent needs them, and
/// one breaks when it is offered files.
pub(crate) fn hello() -> InitializeRequest {
    let form = ElicitationCapabilities::new().form(ElicitationFormCapabilities::new());
    let switches =
        SessionConfigOptionsCapabilities::new().boolean(BooleanConfigOptionCapabilities::new());
    let able = ClientCapabilities::new()
        .auth(AuthCapabilities::new().terminal(true))
        .elicitation(form)
        .session(ClientSessionCapabilities::new().config_options(switches));
    let us =
        Implementation::new("shopfloor", env!("CARGO_PKG_VERSION")).title("Shopfloor".to_owned());
    InitializeRequest::new(ProtocolVersion::V1)
        .client_capabilities(able)
        .client_info(us)
}

/// Refuses an agent of another version.
pub(crate) fn version_of(hello: &Value) -> Result<(), Cause> {
    let said = match &hello["protocolVersion"] {
        version if *version == 1 => return Ok(()),
        Value::Null => "it does not say its version".to_owned(),
        version => format!("it wants version {version}, Shopfloor speaks version 1"),
    };
    Err(Cause::Protocol { said })
}
