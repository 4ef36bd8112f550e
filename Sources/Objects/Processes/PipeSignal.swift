import Glibc

/// Keeps SIGPIPE from ending the process while a library writes to a connection that its peer has closed.
///
/// libcurl leaves this to its callers (`CURLOPT_NOSIGNAL`). Ignoring the signal for the whole process would change what a
/// closed standard output does to `amx`, so it is blocked for the calling thread, to which the kernel sends it.
package enum PipeSignal {
    /// Runs `body` with the signal blocked; one that `body` has raised is forgotten.
    package static func withholding<Result>(_ body: () -> Result) -> Result {
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        var pending = sigset_t()
        sigpending(&pending)
        let wasPending = sigismember(&pending, SIGPIPE) == 1
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        let result = body()
        if !wasPending {
            var atOnce = timespec()
            while sigtimedwait(&pipe, nil, &atOnce) < 0, errno == EINTR {}
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return result
    }
}
