//! The key hierarchy: root ring, organisation keys, person keys, compartment keys.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};
use zeroize::Zeroizing;

use crate::crypto;
use crate::crypto::blind_index::BlindField;
use crate::crypto::envelope::{Key, OpenError};
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::ids::{CaseId, OrganisationId, PersonId};
use crate::error::{Error, Result};

#[cfg(test)]
mod tests;

/// Bytes of a root key's id in front of everything sealed under the ring.
const ROOT_ID: usize = 8;

text_enum! {
    /// What a key derived from the root is for.
    pub enum Purpose {
        Cursor = "cursor",
        Pepper = "pepper",
        SigningKeys = "signing",
        Throttle = "throttle",
        Refresh = "refresh",
        Emergency = "emergency",
        SecondFactor = "second-factor",
        Device = "device",
        Approval = "approval",
        Matching = "matching",
        NameTried = "name-tried",
        AuditSealing = "audit-sealing",
        Installation = "installation",
        Backup = "backup",
        Erased = "erased",
        ImportedRow = "imported-row",
        Draft = "draft",
        Import = "import",
        Release = "release",
    }
}

/// One root key: 32 bytes from a file, known by the first bytes of its hash.
#[derive(Clone)]
pub struct RootKey {
    id: [u8; ROOT_ID],
    key: Key,
}

impl RootKey {
    /// The root key made of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        let mut id = [0; ROOT_ID];
        id.iter_mut().zip(crypto::sha256(&bytes)).for_each(|(to, from)| *to = from);
        Self { id, key: Key::new(bytes) }
    }
}

/// The ring of root keys and everything derived from it: one is current, the older ones can still be read.
pub struct Keys {
    current: RootKey,
    older: Vec<RootKey>,
    organisations: RwLock<HashMap<(OrganisationId, [u8; ROOT_ID]), Key>>,
}

/// A person's key: everything sealed about the person and their cases opens with it.
#[derive(Clone)]
pub struct PersonKey(Key);

/// The keys of the compartments that a grant opens: of its case, and of the cases merged into it, whose records stay sealed as they
/// were.
#[derive(Clone, Default)]
pub struct CompartmentKeys {
    /// Shared by all copies, so that a copy is not one more place where the bytes of a key are.
    own: Arc<Vec<(Compartment, Key)>>,
    merged: Vec<(CaseId, CompartmentKeys)>,
}

/// The byte before the keys of a merged case in a grant. No compartment has it.
const MERGED: u8 = u8::MAX;

impl Keys {
    /// The ring with this current root and these older ones.
    pub fn new(current: RootKey, older: Vec<RootKey>) -> Self {
        Self { current, older, organisations: RwLock::default() }
    }

    /// The key for one purpose. A key that must outlive a change of the root (the pepper, and those of what waits for days: unsent in a
    /// browser, or on a list that is brought in) stays with the first root of the ring; keys of data that lives for minutes or hours (cursors, refresh tokens, counters) follow
    /// the current one.
    pub fn purpose(&self, purpose: Purpose) -> Result<Key> {
        let root = if matches!(purpose, Purpose::Pepper | Purpose::Installation | Purpose::Draft | Purpose::Import) {
            self.first()
        } else {
            &self.current
        };
        root.key.derive(&[purpose.as_str().as_bytes()])
    }

    /// The id of the installation, by which its backups are told from those of another one. It stays with the first root, too.
    pub fn installation(&self) -> Result<Vec<u8>> {
        let mut id = self.purpose(Purpose::Installation)?.fingerprint(&[])?;
        id.truncate(16);
        Ok(id)
    }

    /// Signs bytes for whoever holds a root of the ring: nobody else can make the signature, and a later root knows it too.
    pub fn sign_for_service(&self, purpose: Purpose, bytes: &[u8]) -> Result<Vec<u8>> {
        self.seal_for_service(purpose, &[b"signature"], &crypto::sha256(bytes))
    }

    /// Whether bytes were signed under any root of the ring.
    pub fn is_signed_for_service(&self, purpose: Purpose, bytes: &[u8], signature: &[u8]) -> bool {
        let signed = self.open_for_service(purpose, &[b"signature"], signature);
        signed.is_ok_and(|hash| crypto::is_same(&hash, &crypto::sha256(bytes)))
    }

    /// Seals data of the service itself under the current root.
    pub fn seal_for_service(&self, purpose: Purpose, place: &[&[u8]], plaintext: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = self.current.id.to_vec();
        sealed.append(&mut self.purpose(purpose)?.seal(place, plaintext)?);
        Ok(sealed)
    }

    /// Opens data of the service itself, sealed under any root of the ring.
    pub fn open_for_service(&self, purpose: Purpose, place: &[&[u8]], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (root, blob) = self.root_of(sealed)?;
        Ok(root.key.derive(&[purpose.as_str().as_bytes()])?.open(place, blob)?)
    }

    /// The first root of the ring: the last of the older ones, which are listed newest first.
    fn first(&self) -> &RootKey {
        self.older.last().unwrap_or(&self.current)
    }

    fn root_of<'a>(&self, sealed: &'a [u8]) -> Result<(&RootKey, &'a [u8])> {
        let (id, blob) = sealed.split_first_chunk::<ROOT_ID>().ok_or(OpenError)?;
        let root = std::iter::once(&self.current).chain(&self.older).find(|root| root.id == *id).ok_or(OpenError)?;
        Ok((root, blob))
    }

    /// The blind index tag of an identifier. Stays with the first root, so that people are still found after a change of the
    /// root.
    pub fn tag(&self, field: BlindField, value: &str) -> Result<Vec<u8>> {
        Ok(field.tag(&self.first().key.derive(&[b"blind-index", field.as_str().as_bytes()])?, value))
    }

    /// Seals the keys that a grant carries, for this case, organisation and basis alone.
    pub fn seal_grant(&self, case: CaseId, organisation: OrganisationId, basis: GrantBasis, keys: &CompartmentKeys) -> Result<Vec<u8>> {
        let place = [b"grant".as_slice(), case.0.as_bytes(), organisation.0.as_bytes(), basis.as_str().as_bytes()];
        self.seal_for(organisation, &place, &keys.encode())
    }

    /// Opens the keys that a grant carries.
    pub fn open_grant(&self, case: CaseId, organisation: OrganisationId, basis: GrantBasis, sealed: &[u8]) -> Result<CompartmentKeys> {
        let place = [b"grant".as_slice(), case.0.as_bytes(), organisation.0.as_bytes(), basis.as_str().as_bytes()];
        CompartmentKeys::decode(&self.open_for(organisation, &place, sealed)?)
    }

    /// Seals a person's key for an organisation that holds it whole.
    pub fn seal_person_key(&self, person: PersonId, organisation: OrganisationId, key: &PersonKey) -> Result<Vec<u8>> {
        self.seal_for(organisation, &[b"person-key", person.0.as_bytes(), organisation.0.as_bytes()], key.0.bytes())
    }

    /// Opens a person's key.
    pub fn open_person_key(&self, person: PersonId, organisation: OrganisationId, sealed: &[u8]) -> Result<PersonKey> {
        let bytes = self.open_for(organisation, &[b"person-key", person.0.as_bytes(), organisation.0.as_bytes()], sealed)?;
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| OpenError)?;
        Ok(PersonKey(Key::new(bytes)))
    }

    /// Seals a question or report of an organisation, for that organisation.
    pub fn seal_of_organisation(&self, organisation: OrganisationId, place: &[&[u8]], plaintext: &[u8]) -> Result<Vec<u8>> {
        self.seal_for(organisation, place, plaintext)
    }

    /// Opens a question or report of an organisation.
    pub fn open_of_organisation(&self, organisation: OrganisationId, place: &[&[u8]], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.open_for(organisation, place, sealed)
    }

    fn seal_for(&self, organisation: OrganisationId, place: &[&[u8]], plaintext: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = self.current.id.to_vec();
        sealed.append(&mut self.organisation_key(&self.current, organisation)?.seal(place, plaintext)?);
        Ok(sealed)
    }

    fn open_for(&self, organisation: OrganisationId, place: &[&[u8]], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (root, blob) = self.root_of(sealed)?;
        Ok(self.organisation_key(root, organisation)?.open(place, blob)?)
    }

    fn organisation_key(&self, root: &RootKey, organisation: OrganisationId) -> Result<Key> {
        let known = self.organisations.read().map_err(|_| Error::internal("key cache poisoned"))?.get(&(organisation, root.id)).cloned();
        if let Some(key) = known {
            return Ok(key);
        }
        let key = root.key.derive(&[b"organisation", organisation.0.as_bytes()])?;
        self.organisations.write().map_err(|_| Error::internal("key cache poisoned"))?.insert((organisation, root.id), key.clone());
        Ok(key)
    }
}

impl PersonKey {
    /// A new random key for a new person.
    pub fn random() -> Result<Self> {
        Key::random().map(Self)
    }

    /// The keys of these compartments of one case of the person.
    pub fn compartment_keys(&self, person: PersonId, case: CaseId, compartments: CompartmentSet) -> Result<CompartmentKeys> {
        let derive = |compartment: Compartment| {
            let owner = if compartment.is_of_person() { person.0 } else { case.0 };
            Ok((compartment, self.0.derive(&[b"compartment", owner.as_bytes(), compartment.as_str().as_bytes()])?))
        };
        let own: Vec<_> = compartments.iter().map(derive).collect::<Result<_>>()?;
        Ok(CompartmentKeys { own: Arc::new(own), merged: Vec::new() })
    }
}

impl CompartmentKeys {
    /// The key of a compartment, if the grant opens it.
    pub fn get(&self, compartment: Compartment) -> Option<&Key> {
        self.own.iter().find(|(held, _)| *held == compartment).map(|(_, key)| key)
    }

    /// The keys that open a record on the case: its own, or those of the merged case on which it was recorded. None: the grant opens
    /// nothing of that one.
    pub fn of(&self, merged_from: Option<CaseId>) -> Option<&Self> {
        match merged_from {
            None => Some(self),
            Some(case) => self.merged.iter().find(|(merged, _)| *merged == case).map(|(_, keys)| keys),
        }
    }

    /// The compartments that the grant opens.
    pub fn compartments(&self) -> CompartmentSet {
        self.own.iter().map(|(compartment, _)| *compartment).collect()
    }

    /// Only the keys of these compartments: those that may be handed on.
    #[must_use]
    pub fn only(&self, compartments: CompartmentSet) -> Self {
        let is_whole = self.compartments().intersection(compartments) == self.compartments();
        let kept = self.own.iter().filter(|(compartment, _)| compartments.contains(*compartment));
        let only = Self { own: if is_whole { self.own.clone() } else { gathered(kept) }, merged: Vec::new() };
        self.merged.iter().fold(only, |all, (case, keys)| all.and_of(*case, keys.only(compartments)))
    }

    /// These keys and those of another grant on the same case.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        let held = self.compartments();
        if other.compartments().intersection(held) != other.compartments() {
            let more = other.own.iter().filter(|(compartment, _)| !held.contains(*compartment));
            self.own = gathered(self.own.iter().chain(more));
        }
        other.merged.into_iter().fold(self, |all, (case, keys)| all.and_of(case, keys))
    }

    /// These keys and those of a case merged into theirs.
    #[must_use]
    pub fn and_of(mut self, case: CaseId, keys: Self) -> Self {
        if keys.own.is_empty() {
            return self;
        }
        match self.merged.iter_mut().find(|(merged, _)| *merged == case) {
            Some((_, held)) => *held = std::mem::take(held).union(keys),
            None => self.merged.push((case, keys)),
        }
        self
    }

    /// These keys, and what another grant on the same case opens of the merged ones.
    #[must_use]
    pub fn and_merged_of(self, other: Self) -> Self {
        other.merged.into_iter().fold(self, |all, (case, keys)| all.and_of(case, keys))
    }

    /// What the grant opens of each merged case.
    pub fn of_merged(&self) -> BTreeMap<CaseId, CompartmentSet> {
        self.merged.iter().map(|(case, keys)| (*case, keys.compartments())).collect()
    }

    /// These keys, with what other ones open of merged cases in place of what they do.
    #[must_use]
    pub fn carrying(self, other: Self) -> Self {
        Self { own: self.own, merged: other.merged }
    }

    /// Without the keys of these cases, which are merged no more.
    #[must_use]
    pub fn without(mut self, cases: &[CaseId]) -> Self {
        self.merged.retain(|(case, _)| !cases.contains(case));
        self
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let all = self.own.len() + self.merged.iter().map(|(_, keys)| keys.own.len() + 1).sum::<usize>();
        let mut bytes = Zeroizing::new(Vec::with_capacity(all * 33));
        for (compartment, key) in self.own.iter() {
            bytes.push(compartment.bit());
            bytes.extend_from_slice(key.bytes());
        }
        for (case, keys) in &self.merged {
            bytes.push(MERGED);
            bytes.extend_from_slice(case.0.as_bytes());
            bytes.extend_from_slice(&keys.encode());
        }
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Self> {
        let mut own: Vec<(Compartment, Key)> = Vec::with_capacity(Compartment::ALL.len());
        let mut carried = Self::default();
        let mut of = None;
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            if *first == MERGED {
                let (case, after) = after.split_first_chunk::<16>().ok_or(OpenError)?;
                of = Some(CaseId(uuid::Uuid::from_bytes(*case)));
                rest = after;
                continue;
            }
            let (key, after) = after.split_first_chunk::<32>().ok_or(OpenError)?;
            let compartment = Compartment::ALL.iter().copied().find(|compartment| compartment.bit() == *first).ok_or(OpenError)?;
            let one = (compartment, Key::new(*key));
            match of {
                Some(case) => carried = carried.and_of(case, Self { own: Arc::new(vec![one]), merged: Vec::new() }),
                None if own.iter().any(|(held, _)| *held == compartment) => {}
                None => own.push(one),
            }
            rest = after;
        }
        Ok(Self { own: Arc::new(own), ..carried })
    }
}

/// Keys of different compartments, in a vector of its final size: one that grows leaves what it held where it was, unwiped.
fn gathered<'a>(keys: impl Iterator<Item = &'a (Compartment, Key)>) -> Arc<Vec<(Compartment, Key)>> {
    let mut own = Vec::with_capacity(Compartment::ALL.len());
    own.extend(keys.cloned());
    Arc::new(own)
}
