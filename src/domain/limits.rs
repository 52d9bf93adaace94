//! Every counter of the service: what is counted, by which key, who can raise it, how far, and what happens then.
//!
//! Two rules hold for each of them. What somebody does in a session is counted by their user, and by nothing that a stranger can
//! raise. What strangers do is counted by their network, and closes no door that a remembered device stands at.

/// The most that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Most {
    /// This many.
    Fixed(u32),
    /// As many as a setting says.
    Setting(&'static str),
}

/// One counter.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// What is counted.
    pub what: &'static str,
    /// By what it is counted.
    pub by: &'static str,
    /// Who can raise it.
    pub raised_by: &'static str,
    /// How many there may be.
    pub most: Most,
    /// In which time.
    pub within: &'static str,
    /// What happens beyond.
    pub then: &'static str,
}

/// Wrong passwords a day after which an account waits until the next one (NIST SP 800-63B-4: 100).
pub const WRONG_PASSWORDS: u32 = 100;
/// Failures of a network that cost no wait: the mistakes of a whole office.
pub const FREE_FAILURES: u32 = 30;
/// Places in the queue for hashing that strangers share, and as many for everybody who is known.
pub const HASHES: u32 = 24;
/// Places in the queue for one network of strangers.
pub const HASHES_OF_NETWORK: u32 = 8;
/// Places in the queue for one user or remembered device.
pub const HASHES_OF_KNOWN: u32 = 2;

/// Files that are received at once, …
pub const UPLOADS: u32 = 64;
/// … of one organisation, …
pub const UPLOADS_OF_ORGANISATION: u32 = 16;
/// … and of one user or machine client.
pub const UPLOADS_OF_CALLER: u32 = 6;
/// MiB of bodies that are received at once from callers with a valid token, …
pub const BODIES_MIB: u32 = 16;
/// … and of one of them.
pub const BODIES_OF_CALLER_MIB: u32 = 4;
/// MiB of bodies that are received at once from strangers, …
pub const BODIES_OF_STRANGERS_MIB: u32 = 8;
/// … and KiB from one network of them.
pub const BODIES_OF_NETWORK_KIB: u32 = 256;
/// Connections that are open at once, …
pub const CONNECTIONS: u32 = 2000;
/// … and of one network. A trusted proxy, and this computer itself, may have all of them.
pub const CONNECTIONS_OF_NETWORK: u32 = 64;
/// Codes a day that lead nowhere, with which a user may try to take emergency access, …
pub const EMERGENCY_MISSES: u32 = 10;
/// … and all users of an organisation together.
pub const EMERGENCY_MISSES_OF_ORGANISATION: u32 = 30;
/// Codes a day of one user after which those who answer for data protection are told.
pub const EMERGENCY_MISSES_TOLD: u32 = 3;
/// Cases that one user opened one by one within an hour, at which those who answer for data protection are told. Five times what
/// somebody at a gate registers.
pub const CASES_OPENED_TOLD: u32 = 100;
/// Cases that one user saw within an hour, lists included, at which they are told.
pub const CASES_LISTED_TOLD: u32 = 1000;
/// Refusals of one user or one machine client within an hour at which they are told: not allowed, or not found.
pub const REFUSALS_TOLD: u32 = 30;

const fn counter(
    what: &'static str,
    (by, raised_by): (&'static str, &'static str),
    most: Most,
    within: &'static str,
    then: &'static str,
) -> Counter {
    Counter { what, by, raised_by, most, within, then }
}

const ONE_BY_ONE: &str = "429; requests come back one by one";
const SLOWER: &str = "429 for one second at first, then three, five, ten; after the limit until midnight UTC";
const OWN_NETWORK: (&str, &str) = ("network", "whoever is in it");
const BUSY: &str = "429 for two seconds";
const CUT: &str = "the connection is cut";
const BUSY_FILES: &str = "429 for five seconds";
const GUESSED: &str = "429 until midnight UTC; those who answer for data protection are told after three of one user";

/// The table. The documentation shows it.
pub const COUNTERS: &[Counter] = &[
    counter(
        "Requests with a valid token of a person",
        ("user", "the user, in all sessions together"),
        Most::Setting("HOMEWARD_RATE_LIMIT"),
        "a minute",
        ONE_BY_ONE,
    ),
    counter(
        "Requests with a valid token of a machine",
        ("client", "the client"),
        Most::Setting("HOMEWARD_RATE_LIMIT"),
        "a minute",
        ONE_BY_ONE,
    ),
    counter("Requests without a valid token", OWN_NETWORK, Most::Setting("HOMEWARD_RATE_LIMIT"), "a minute", ONE_BY_ONE),
    counter("Sign-ins of a remembered device", ("device", "the device"), Most::Setting("HOMEWARD_RATE_LIMIT"), "a minute", ONE_BY_ONE),
    counter("Wrong passwords at sign-in, from anywhere else", ("username", "anybody"), Most::Fixed(WRONG_PASSWORDS), "a day", SLOWER),
    counter(
        "Wrong passwords at sign-in, from a remembered device",
        ("device", "the device"),
        Most::Fixed(WRONG_PASSWORDS),
        "a day",
        SLOWER,
    ),
    counter(
        "Wrong passwords in a session: step-up, change of password",
        ("user", "the user, in all sessions together"),
        Most::Fixed(WRONG_PASSWORDS),
        "a day",
        SLOWER,
    ),
    counter(
        "Wrong passwords at sign-in",
        OWN_NETWORK,
        Most::Fixed(FREE_FAILURES),
        "a day",
        "429 for five seconds at first, a minute at most",
    ),
    counter(
        "Wrong one-time codes at a reset",
        OWN_NETWORK,
        Most::Fixed(FREE_FAILURES),
        "a day",
        "429 for five seconds at first, a minute at most; the right code is never refused",
    ),
    counter(
        "Wrong proofs of a machine client",
        ("client and network", "whoever is in the network"),
        Most::Fixed(3),
        "a day",
        "429 for three seconds at first, ten at most",
    ),
    counter("Codes of a second factor", ("user", "whoever has the password"), Most::Fixed(5), "a minute", "429 for the rest of the minute"),
    counter("Passwords being hashed for strangers", ("network", "whoever is in it"), Most::Fixed(HASHES_OF_NETWORK), "at once", BUSY),
    counter("Passwords being hashed for all strangers", ("nothing", "anybody"), Most::Fixed(HASHES), "at once", BUSY),
    counter(
        "Passwords being hashed in a session, for a remembered device, or for a right one-time code",
        ("user or device", "the user or the device"),
        Most::Fixed(HASHES_OF_KNOWN),
        "at once",
        BUSY,
    ),
    counter(
        "MiB of bodies being received, with a valid token",
        ("user or client", "the user or the client"),
        Most::Fixed(BODIES_OF_CALLER_MIB),
        "at once",
        BUSY,
    ),
    counter(
        "MiB of all bodies being received, with a valid token",
        ("nothing", "four users or clients together"),
        Most::Fixed(BODIES_MIB),
        "at once",
        BUSY,
    ),
    counter("KiB of bodies being received, without a valid token", OWN_NETWORK, Most::Fixed(BODIES_OF_NETWORK_KIB), "at once", BUSY),
    counter(
        "MiB of all bodies being received, without a valid token",
        ("nothing", "anybody"),
        Most::Fixed(BODIES_OF_STRANGERS_MIB),
        "at once",
        BUSY,
    ),
    counter("Seconds without a kilobyte more of a body", ("request", "its caller"), Most::Fixed(5), "on average", "408"),
    counter("Files being received", ("user or client", "the user or the client"), Most::Fixed(UPLOADS_OF_CALLER), "at once", BUSY_FILES),
    counter("Files being received", ("organisation", "its users and clients"), Most::Fixed(UPLOADS_OF_ORGANISATION), "at once", BUSY_FILES),
    counter("All files being received", ("nothing", "four organisations together"), Most::Fixed(UPLOADS), "at once", BUSY_FILES),
    counter(
        "Open connections, but for those of a trusted proxy or of this computer",
        OWN_NETWORK,
        Most::Fixed(CONNECTIONS_OF_NETWORK),
        "at once",
        CUT,
    ),
    counter("All open connections", ("nothing", "anybody"), Most::Fixed(CONNECTIONS), "at once", "the next one waits until one ends"),
    counter("Seconds in which a client takes nothing of an answer", ("connection", "its client"), Most::Fixed(30), "in a row", CUT),
    counter("Codes for emergency access that lead nowhere", ("user", "the user"), Most::Fixed(EMERGENCY_MISSES), "a day", GUESSED),
    counter(
        "Codes for emergency access that lead nowhere",
        ("organisation", "its users"),
        Most::Fixed(EMERGENCY_MISSES_OF_ORGANISATION),
        "a day",
        GUESSED,
    ),
    counter("Blind searches", ("user", "the user"), Most::Setting("HOMEWARD_BLIND_SEARCHES"), "a day", "429 until midnight UTC"),
    counter(
        "Different questions about a release of figures",
        ("user or client", "the user or the client"),
        Most::Setting("HOMEWARD_STATISTICS_QUESTIONS"),
        "a day",
        "429 until midnight UTC",
    ),
    counter(
        "Blind searches",
        ("organisation", "its users"),
        Most::Setting("HOMEWARD_BLIND_SEARCHES_ORGANISATION"),
        "a day",
        "429 until midnight UTC",
    ),
];

/// The table as the documentation shows it.
pub fn table() -> String {
    let mut lines = vec!["| What is counted | By | Who can raise it | Limit | Then |".to_owned(), "|---|---|---|---|---|".to_owned()];
    for Counter { what, by, raised_by, most, within, then } in COUNTERS {
        let most = match most {
            Most::Fixed(most) => most.to_string(),
            Most::Setting(name) => format!("`{name}`"),
        };
        lines.push(format!("| {what} | {by} | {raised_by} | {most} {within} | {then} |"));
    }
    lines.join("\n") + "\n"
}
