//! The page of the first sign-in: from the one-time code to an account that can be used. A client of the API like any other; its
//! forms do nothing without its script, so that they are hidden until it runs.

use maud::{Markup, html};
use std::sync::LazyLock;

use crate::api::docs::layout;
use crate::api::http::static_page::{Kind, Page};

/// Where the page is.
pub const PATH: &str = "/setup";

static PAGE: LazyLock<Page> = LazyLock::new(|| Page::new(Kind::Client, written));

/// The page, if it is this one.
pub fn page(path: &str) -> Option<&'static Page> {
    (path == PATH).then(|| &*PAGE)
}

/// The steps: id and title, as the list above them shows.
const STEPS: &[(&str, &str)] = &[
    ("password", "Password"),
    ("factor", "Second factor"),
    ("recovery", "Recovery codes"),
    ("conduct", "Code of conduct"),
    ("done", "Done"),
];

fn written() -> String {
    let body = html! {
        h1 { "First sign-in" }
        p #needs-script { "This page sets up your account. It needs JavaScript, which your browser does not run here. The guide " a href="/docs/guides/first-sign-in" { "First sign-in" } " shows how to do the same in a terminal." }
        ol.steps #steps aria-label="Steps" hidden { @for (id, title) in STEPS { li data-step=(id) { (title) } } }
        (password())
        (signing_in())
        (factor())
        (recovery())
        (conduct())
        (done())
        (proof())
    };
    layout::page_to_set_up("First sign-in", PATH, &body)
}

/// A step, of which one at a time is shown. Its heading takes the focus, so that a screen reader says where one is.
fn step(id: &str, title: &str, inside: &Markup) -> Markup {
    html! { section.step id=(id) aria-labelledby=(format!("{id}-title")) hidden { h2 id=(format!("{id}-title")) tabindex="-1" { (title) } (inside) } }
}

fn says() -> Markup {
    html! { p.says role="alert" {} }
}

fn username() -> Markup {
    html! { label { "Username" input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="100"; } }
}

fn password() -> Markup {
    let inside = html! {
        p { "Your administrator gave you a username and a one-time code. Choose a password here: at least 15 characters, or 12 if your role needs a second factor. Four or five unrelated words are easy to remember and hard to guess. Do not use a password that you use anywhere else." }
        form method="post" {
            (username())
            label { "One-time code" input name="reset_code" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="100" aria-describedby="code-help"; }
            p.help #code-help { "Six groups of four letters and digits. It works once, for one day." }
            label { "New password" input name="new_password" type="password" autocomplete="new-password" required minlength="12" maxlength="256"; }
            label { "New password, once more" input name="repeated" type="password" autocomplete="new-password" required maxlength="256"; }
            (says())
            button { "Set the password" } " " button.quiet type="button" data-go="sign-in" { "I have already set it" }
        }
    };
    step("password", "Choose your password", &inside)
}

fn signing_in() -> Markup {
    let inside = html! {
        p { "Sign in to continue where you stopped." }
        form method="post" {
            (username())
            label { "Password" input name="password" type="password" autocomplete="current-password" required maxlength="1000"; }
            label hidden { "Second-factor code" input name="code" autocomplete="one-time-code" maxlength="100"; }
            (says())
            button { "Sign in" } " " button.quiet type="button" data-go="password" { "I have a one-time code" }
        }
    };
    step("sign-in", "Sign in", &inside)
}

fn factor() -> Markup {
    let inside = html! {
        p { "A second factor protects your account if somebody learns your password. You need an authenticator app on your phone; any of them will do." }
        ol {
            li { "Open the app, choose to add an account, and scan this code." }
            li { "The app then shows six digits, which change every 30 seconds. Type them in below." }
        }
        div.code { img #qr alt="QR code for your authenticator app" width="240" height="240"; }
        details {
            summary { "I cannot scan the code" }
            p { "Type this key into the app (time-based, six digits):" }
            p { code #secret {} }
            p { "If the app is on this device: " a #otpauth { "open it with the key" } "." }
        }
        form method="post" {
            label { "Six digits from the app" input name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="20"; }
            (says())
            button { "Turn the second factor on" } " " button.quiet #skip type="button" hidden { "Not now" }
        }
    };
    step("factor", "Set up your second factor", &inside)
}

fn recovery() -> Markup {
    let inside = html! {
        p { "If you lose your phone, one of these codes replaces the six digits. Each works once. They are shown only now: print them or write them down, and keep them away from the phone." }
        ol.codes #codes {}
        p { button.quiet #print type="button" { "Print" } " " button.quiet #copy type="button" hidden { "Copy" } " " span #copied role="status" {} }
        form method="post" {
            label.check { input type="checkbox" name="kept" required; " I have kept these codes in a safe place." }
            (says())
            button { "Continue" }
        }
    };
    step("recovery", "Keep your recovery codes", &inside)
}

fn conduct() -> Markup {
    let inside = html! {
        p { "Everybody who works with this service promises to keep to this code. Read it before you accept it." }
        div.conduct #conduct-text {}
        form method="post" {
            label.check { input type="checkbox" name="read" required; " I have read the code of conduct, and I promise to keep to it." }
            (says())
            button { "Accept" }
        }
    };
    step("conduct", "Accept the code of conduct", &inside)
}

fn done() -> Markup {
    let inside = html! {
        p { "Your account is ready: " b #account {} ", " span #role {} ", " span #organisation {} "." }
        p #after {}
        p { "This page has signed you out and keeps nothing. You can sign in to the " a href="/console/" { "staff console" } " or to another program that you work with, or try the operations in the " a href="/docs/reference/" { "reference" } "." }
    };
    step("done", "You can sign in now", &inside)
}

/// What is asked when the sign-in is too old for the next step.
fn proof() -> Markup {
    html! {
        dialog #proof aria-labelledby="proof-title" {
            form method="post" {
                h2 #proof-title { "Enter your password again" }
                p { "You signed in more than five minutes ago. This step asks for your password once more." }
                label { "Password" input name="password" type="password" autocomplete="current-password" required maxlength="1000"; }
                label { "Second-factor code, if you have one" input name="code" autocomplete="one-time-code" maxlength="100"; }
                (says())
                button { "Continue" } " " button.quiet type="button" value="cancel" { "Cancel" }
            }
        }
    }
}
