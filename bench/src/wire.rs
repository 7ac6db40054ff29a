//! HTTP/1.1 on one connection, one request after the other: no more than load needs. A general client would take as
//! much of the machine as the server that it measures.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Result;

/// A connection that is kept open.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// The answer as it came: head, then body.
    answer: Vec<u8>,
    /// Where the body begins.
    body: usize,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(64 * 1024), body: 0 })
    }

    /// Sends a whole request and reads the whole answer; gives its status.
    pub async fn send(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        self.body = loop {
            self.read_more().await?;
            if let Some(end) = self.answer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = std::str::from_utf8(&self.answer[..self.body])?;
        let status = head.get(9..12).ok_or("not an HTTP answer")?.parse()?;
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .ok_or("an answer without content-length")?
            .parse()?;
        while self.answer.len() < self.body + length {
            self.read_more().await?;
        }
        Ok(status)
    }

    /// Body of the last answer.
    pub fn body(&self) -> &[u8] {
        &self.answer[self.body..]
    }

    async fn read_more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.answer).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}
