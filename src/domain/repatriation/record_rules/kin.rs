//! What is read from what is recorded of next of kin.

use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::NextOfKin;

impl RecordRules for NextOfKin {
    fn complete(&mut self, _facts: &Facts) {
        // They are neither here nor always at home: a local number may be a stranger's anywhere.
        if let Some(phone) = &mut self.phone {
            phone.read_wherever();
        }
    }
}
