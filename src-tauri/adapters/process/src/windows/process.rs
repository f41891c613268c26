//! One process of Windows, by a handle: as long as it is held, its id is nobody else's.

use std::io;
use std::time::{Duration, Instant};
use winsafe::co::{ERROR, PROCESS, PROCESS_NAME, WAIT};
use winsafe::guard::CloseHandleGuard;
use winsafe::{HPROCESS, SysResult};

/// The exit code of what we end, as the system's own tools set it.
const ENDED: u32 = 1;

/// A process, running or over. Dropping it closes the handle.
pub(crate) struct Process(CloseHandleGuard<HPROCESS>);

impl Process {
    /// Errors are the system's, e.g. no such process, or one that is not this user's.
    pub(crate) fn open(pid: u32, rights: PROCESS) -> io::Result<Self> {
        let handle = HPROCESS::OpenProcess(rights, false, pid).map_err(error)?;
        Ok(Self(handle))
    }

    /// For other libraries; valid while this lives.
    pub(crate) fn raw(&self) -> isize {
        self.0.ptr() as isize
    }

    /// Whether it is not over yet. Needs `SYNCHRONIZE`.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.0.WaitForSingleObject(Some(0)), Ok(WAIT::TIMEOUT))
    }

    /// When it was created, in 100 ns since 1601. Needs `QUERY_LIMITED_INFORMATION`.
    pub(crate) fn began(&self) -> Option<u64> {
        began(&self.0)
    }

    /// Where its program is. Needs `QUERY_LIMITED_INFORMATION`.
    pub(crate) fn program(&self) -> Option<String> {
        self.0.QueryFullProcessImageName(PROCESS_NAME::WIN32).ok()
    }

    /// Waits for its end; its exit code. Needs `SYNCHRONIZE` and `QUERY_LIMITED_INFORMATION`. Blocking.
    pub(crate) fn wait(&self) -> SysResult<u32> {
        self.0.WaitForSingleObject(None)?;
        self.0.GetExitCodeProcess()
    }

    /// Ends it, not what it started. Needs `TERMINATE`. Refused to one that is over, which is what we want.
    pub(crate) fn terminate(&self) {
        let _ = self.0.TerminateProcess(ENDED);
    }
}

/// When this process was created, in 100 ns since 1601.
pub(crate) fn own_start() -> Option<u64> {
    began(&HPROCESS::GetCurrentProcess())
}

fn began(process: &HPROCESS) -> Option<u64> {
    let (created, ..) = process.GetProcessTimes().ok()?;
    Some(u64::from(created))
}

/// Waits until all are over, or the time is; whether they are. They need `SYNCHRONIZE`. Blocking.
pub(crate) fn wait_all(processes: &[Process], limit: Duration) -> bool {
    let began = Instant::now();
    processes.iter().all(|process| {
        let left = limit.saturating_sub(began.elapsed()).as_millis();
        // Never the number that stands for "without end".
        let left = u32::try_from(left).unwrap_or(u32::MAX - 1);
        !matches!(process.0.WaitForSingleObject(Some(left)), Ok(WAIT::TIMEOUT))
    })
}

/// The system's error as the standard library's.
pub(crate) fn error(error: ERROR) -> io::Error {
    io::Error::from_raw_os_error(error.raw().cast_signed())
}
