use super::frame::MAGIC;
use super::*;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> usize {
        usize::try_from(self.roll() % limit).expect("a small number")
    }

    fn cell(&mut self) -> Cell {
        let length = [0, 1, 7, 300][self.below(4)];
        match self.below(7) {
            0 => Cell::Null,
            1 => Cell::Bool(self.below(2) == 0),
            2 => Cell::Integer(i64::from_be_bytes(self.roll().to_be_bytes())),
            3 => Cell::Integer([0, -1, i64::MIN, i64::MAX][self.below(4)]),
            4 => Cell::Real([0.0, -0.5, 11.55, f64::MIN_POSITIVE, f64::INFINITY][self.below(5)]),
            5 => Cell::Text((0..length).map(|_| ['a', '"', '\u{1}', 'ศ', '国', '🏠'][self.below(6)]).collect()),
            _ => Cell::Bytes((0..length).map(|_| self.roll().to_be_bytes()[0]).collect()),
        }
    }

    fn table(&mut self, name: &str) -> Table {
        let columns = (0..1 + self.below(5)).map(|at| Column { name: format!("c{at}"), kind: Kind::Text }).collect::<Vec<_>>();
        let rows = (0..self.below(40)).map(|_| columns.iter().map(|_| self.cell()).collect()).collect();
        Table { name: name.to_owned(), columns, rows }
    }
}

#[derive(Debug, PartialEq)]
struct Table {
    name: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

fn header() -> Header {
    let (version, schema) = ("0.1.0".to_owned(), vec!["0001".to_owned()]);
    Header { version, schema, installation: "00ff".to_owned(), proof: "aa".to_owned(), made_at: 7 }
}

fn write(tables: &[Table]) -> Vec<u8> {
    let mut archive = ArchiveWriter::begin(Vec::new(), &header()).expect("begins");
    for table in tables {
        let mut writer = archive.table(&table.name, &table.columns).expect("a table");
        table.rows.iter().try_for_each(|row| writer.row(row)).expect("rows");
        writer.finish().expect("the table ends");
    }
    let files = vec![FileSum { id: "f".to_owned(), bytes: 3, sha256: "cc".to_owned() }];
    let tables = archive.tables().to_vec();
    let manifest = Manifest { tables, files, sealed_entries: 5, sealed_root: "dd".to_owned(), opened: 100 };
    archive.finish(&manifest, |text| Ok::<_, Fault>(vec![text[0]])).expect("ends")
}

fn read(bytes: &[u8]) -> Result<Vec<Table>> {
    let mut archive = ArchiveReader::open(bytes)?;
    let mut tables: Vec<Table> = Vec::new();
    loop {
        match archive.read()? {
            Part::Table { name, columns } => tables.push(Table { name, columns, rows: Vec::new() }),
            Part::Rows(rows) => tables.last_mut().expect("a table").rows.extend(rows),
            Part::End => {}
            Part::Whole { manifest, signed, signature } => {
                assert_eq!((archive.header(), manifest.opened, signature.as_str()), (&header(), 100, "7b"));
                assert!(signed.starts_with(b"{"));
                return Ok(tables);
            }
        }
    }
}

#[test]
fn whatever_is_written_is_read() {
    for seed in 1..=300 {
        let mut dice = Dice(seed);
        let tables: Vec<Table> = (0..dice.below(5)).map(|at| dice.table(&format!("t{at}"))).collect();
        assert_eq!(read(&write(&tables)).expect("it is whole"), tables, "seed {seed}");
    }
}

#[test]
fn a_table_of_many_blocks_is_read_too() {
    let columns = vec![Column { name: "c".to_owned(), kind: Kind::Bytes }];
    let rows: Vec<Row> = (0..50).map(|at| vec![Cell::Bytes(vec![at; 100_000])]).collect();
    let tables = vec![Table { name: "t".to_owned(), columns, rows }];
    assert_eq!(read(&write(&tables)).expect("it is whole"), tables);
}

fn small() -> Vec<u8> {
    let mut dice = Dice(42);
    let mut tables = vec![dice.table("one"), dice.table("two")];
    tables.iter_mut().for_each(|table| table.rows.truncate(3));
    write(&tables)
}

#[test]
fn a_backup_that_is_cut_off_at_any_byte_is_refused() {
    let whole = small();
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
    }
    assert!(read(&[whole.as_slice(), &[0]].concat()).is_err(), "one byte more");
    assert!(read(&whole).is_ok());
}

#[test]
fn a_backup_with_any_byte_changed_is_refused() {
    let whole = small();
    for at in 0..whole.len() {
        for change in [1 << (at % 8), 0xff] {
            let mut touched = whole.clone();
            touched[at] ^= change;
            assert!(read(&touched).is_err(), "byte {at}, changed by {change}");
        }
    }
}

#[test]
fn a_fault_says_what_it_is_and_never_what_is_in_the_backup() {
    let whole = small();
    assert!(matches!(read(&whole[..MAGIC.len() - 1]), Err(Fault::CutOff)));
    assert!(matches!(read(b"SQLite format 3\0 and more"), Err(Fault::Unknown)));
    assert!(matches!(read(&whole[..whole.len() - 5]), Err(Fault::CutOff)));
    assert_eq!(format!("{:?}", Cell::Text("Ana".to_owned())), "Cell(..)");
}

#[test]
fn hexadecimal_digits_are_read_back() {
    assert_eq!(unhex(&hex(&[0, 127, 255])).as_deref(), Some([0, 127, 255].as_slice()));
    for wrong in ["0", "0g", "+1", "é0"] {
        assert_eq!(unhex(wrong), None, "{wrong}");
    }
}
