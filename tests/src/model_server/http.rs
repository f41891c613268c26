//! As much of HTTP/1.1 as the agents speak, by hand: an answer must be able to stall, and to break off in the middle
//! of a chunk, which servers take care never to do.

use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest head and body that are taken, in bytes.
const LONGEST: usize = 64 * 1024 * 1024;

/// A request.
pub(super) struct Request {
    /// `POST`.
    pub(super) method: String,
    /// A path with its query; a whole address or `host:port` when it was meant for a proxy.
    pub(super) target: String,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// A connection that requests come from, one after the other.
pub(super) struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// The next request; `None` when there are no more.
    pub(super) async fn request(&mut self) -> io::Result<Option<Request>> {
        let end = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at + 4;
            }
            if !self.more().await? {
                return Ok(None);
            }
        };
        let head: Vec<u8> = self.unread.drain(..end).collect();
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (method, target) = (word(), word());
        let header = |name: &str| {
            head.lines().skip(1).find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim())
            })
        };
        let body = if header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            self.chunks().await?
        } else {
            let length = header("content-length").and_then(|value| value.parse().ok());
            self.exactly(length.unwrap_or(0)).await?
        };
        Ok(Some(Request {
            method,
            target,
            body,
        }))
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = loop {
                if let Some(at) = find(&self.unread, b"\r\n") {
                    break at;
                }
                self.must_have_more().await?;
            };
            let size: Vec<u8> = self.unread.drain(..end + 2).collect();
            let size = String::from_utf8_lossy(&size);
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
            body.extend(self.exactly(size).await?);
            self.exactly(2).await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn exactly(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < bytes {
            self.must_have_more().await?;
        }
        Ok(self.unread.drain(..bytes).collect())
    }

    async fn must_have_more(&mut self) -> io::Result<()> {
        match self.more().await? {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    async fn more(&mut self) -> io::Result<bool> {
        if self.unread.len() > LONGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(self.stream.read_buf(&mut self.unread).await? > 0)
    }

    /// A whole answer.
    pub(super) async fn whole(&mut self, status: u16, kind: &str, body: &[u8]) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body).await
    }

    /// Agrees that what follows is not for a proxy.
    pub(super) async fn tunnel(&mut self) -> io::Result<()> {
        let agreed = b"HTTP/1.1 200 Connected\r\n\r\n";
        self.stream.write_all(agreed).await
    }

    /// The beginning of an answer that comes in chunks.
    pub(super) async fn begin(&mut self, kind: &str) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        self.stream.write_all(head.as_bytes()).await
    }

    /// A chunk of it.
    pub(super) async fn chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        let size = format!("{:x}\r\n", bytes.len());
        let whole = [size.as_bytes(), bytes, b"\r\n"].concat();
        self.stream.write_all(&whole).await
    }

    /// Its end.
    pub(super) async fn end(&mut self) -> io::Result<()> {
        self.stream.write_all(b"0\r\n\r\n").await
    }

    /// Waits until the other side hangs up.
    pub(super) async fn hung_up(&mut self) -> io::Error {
        loop {
            match self.more().await {
                Ok(true) => {}
                Ok(false) => return io::ErrorKind::UnexpectedEof.into(),
                Err(error) => return error,
            }
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
