//! The requirements of every door, read from the door itself, so that the API document says exactly what is enforced.
//!
//! Every operation is called once with a question instead of credentials. Its door answers and stays shut.

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, Error as HttpError, HttpMessage, HttpRequest};
use futures_util::FutureExt;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::api::http::routes::Operations;
use crate::domain::access::Permission;
use crate::error::{Error, Result};

/// The requirements of a door, and its privileges beside entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    /// The permission.
    pub permission: Permission,
    /// Whether the operation may be used while the account is being set up: before a password that must be changed is changed,
    /// and before a second factor that the role needs is on.
    pub during_set_up: bool,
    /// Whether the user must have authenticated at most five minutes ago.
    pub needs_recent: bool,
    /// Whether a person must answer for the operation, although a machine may hold the permission.
    pub needs_person: bool,
    /// Whether the time limit is lifted as long as the body keeps arriving.
    pub is_lengthy: bool,
    /// Whether the operation is refused while space is short.
    pub takes_space: bool,
}

impl Door {
    /// A door that requires a permission and nothing else.
    pub const fn of(permission: Permission) -> Self {
        Self { permission, during_set_up: false, needs_recent: false, needs_person: false, is_lengthy: false, takes_space: false }
    }

    /// Whether a machine whose scope has the permission may enter. A machine authenticates with every token, and cannot prove
    /// that a person is present.
    pub fn admits_machines(self) -> bool {
        self.permission.is_for_machines() && !self.needs_recent && !self.needs_person
    }
}

/// The question to a door, and the cell for its answer.
#[derive(Clone, Default)]
struct Question(Rc<Cell<Option<Door>>>);

/// Whether the request only asks for the requirements of this door; none are those of a public one. If so, the answer is given,
/// and the door must stay shut.
pub fn is_asked(request: &HttpRequest, door: Option<Door>) -> bool {
    let question = request.extensions().get::<Question>().cloned();
    question.is_some_and(|question| {
        question.0.set(door);
        true
    })
}

/// The handlers of an application, as actix knows them.
pub trait Handlers:
    ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = HttpError, InitError = (), Future: 'static> + 'static
{
}
impl<T> Handlers for T where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = HttpError, InitError = (), Future: 'static>
        + 'static
{
}

/// Asks every operation at its door. An operation without a door is not in the answer.
pub fn probe(app: App<impl Handlers>, operations: &Operations) -> Result<HashMap<String, Door>> {
    // Nothing here blocks: no handler runs, and no body is read.
    let waits = || Error::internal("a door was asked and made the asker wait");
    let service = init_service(app).now_or_never().ok_or_else(waits)?;
    let mut doors = HashMap::new();
    for (name, method, path) in operations.all() {
        let question = Question::default();
        let request = TestRequest::with_uri(&path).method(method.clone()).to_request();
        request.extensions_mut().insert(question.clone());
        drop(call_service(&service, request).now_or_never().ok_or_else(waits)?);
        doors.extend(question.0.get().map(|door| (name.to_owned(), door)));
    }
    Ok(doors)
}

#[cfg(test)]
mod tests {
    use crate::api::http::access::RequiredPermission;
    use crate::api::http::access::may;

    #[test]
    fn a_door_for_people_admits_no_machine_however_its_conditions_are_combined() {
        type Recent<P> = may::Fresh<P>;
        type Personal<P> = may::ByPerson<P>;
        assert!(may::CaseUpdate::DOOR.admits_machines());
        assert!(may::Lengthy::<may::CaseUpdate>::DOOR.admits_machines());
        let personal = [
            Personal::<may::CaseUpdate>::DOOR,
            Personal::<may::Lengthy<may::CaseUpdate>>::DOOR,
            may::Lengthy::<Personal<may::CaseUpdate>>::DOOR,
            Personal::<Recent<may::CaseUpdate>>::DOOR,
            Recent::<Personal<may::CaseUpdate>>::DOOR,
            Recent::<may::CaseUpdate>::DOOR,
            may::CaseClose::DOOR,
        ];
        for door in personal {
            assert!(!door.admits_machines(), "{door:?}");
        }
        assert_eq!(Personal::<Recent<may::CaseUpdate>>::DOOR, Recent::<Personal<may::CaseUpdate>>::DOOR);
        let door = Recent::<Personal<may::Lengthy<may::TakesSpace<may::OwnAccount>>>>::DOOR;
        assert!(door.needs_recent && door.needs_person && door.is_lengthy && door.takes_space && door.during_set_up);
    }
}
