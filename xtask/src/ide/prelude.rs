use futures::Stream;
use IMPORT::{Event, EventStream};

pub struct Row {
    pub name: String,
    pub price: u32,
}

pub struct Db;

impl Db {
    pub fn latest(&self) -> String {
        String::new()
    }

    pub async fn load(&self) -> String {
        String::new()
    }

    pub fn rows(&self) -> impl Stream<Item = Row> {
        futures::stream::empty()
    }
}

pub fn print(_: String) {}

pub fn events(db: Db) -> EventStream![Event] {
    EventStream! {
        BLOCK
    }
}
