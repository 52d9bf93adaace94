//! The day at every place that an input of a request can be about.

use actix_web::{HttpMessage, HttpRequest};

use crate::api::http::access::{Allowed, Gate};
use crate::api::http::routes::Operations;
use crate::db::Request;
use crate::db::casefile::place;
use crate::domain::access::Actor;
use crate::domain::country::Country;
use crate::domain::zones::{DayAt, Today, Zone};
use crate::error::Result;

/// The day at every place that an input of a request can be about.
#[derive(Clone, Copy)]
pub(in crate::api::http) struct Days {
    here: Today,
    destination: Today,
    /// The clock where the caller works.
    own: Zone,
}

impl Days {
    /// The days of the case that the address names, if the caller sees it; else those where the caller is.
    pub(in crate::api::http) async fn of(request: &HttpRequest, gate: &Gate) -> Result<Self> {
        let now = gate.now();
        let at = |own, here, destination| Self { here: Today::at(here, now), destination: Today::at(destination, now), own };
        let Some(actor) = request.extensions().get::<Actor>().cloned() else { return Ok(at(Zone::UTC, Zone::UTC, Zone::UTC)) };
        let own = actor.zone();
        let clocks = match Operations::case_of_route(request) {
            Some(case) => gate.db.read(&actor, &Request::system("which day it is"), move |tx| place::clocks(tx, case)).await?,
            None => None,
        };
        Ok(clocks.map_or_else(|| at(own, own, own), |clocks| at(own, clocks.here, clocks.destination)))
    }

    /// The day at a place.
    pub(in crate::api::http) fn at(self, place: DayAt) -> Today {
        match place {
            DayAt::Here => self.here,
            DayAt::Destination => self.destination,
            DayAt::Country(country) => self.here.in_country(country, self.own),
        }
    }
}

impl<P> Allowed<P> {
    /// The country where the caller's organisation works.
    pub fn country(&self) -> Option<Country> {
        self.actor.country()
    }

    /// The day where the caller's organisation works.
    pub fn today(&self) -> Today {
        Today::at(self.actor.zone(), self.now())
    }
}
