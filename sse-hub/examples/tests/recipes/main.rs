//! The recipes of the guide, each read by the real clients that it is for.

mod mcp;
mod notifications;
mod table;
mod tabs;
mod ui_messages;
mod use_chat;
