import Glibc

/// Leaves the keys that interrupt to the program in the foreground, as system(3) does, until the owner goes.
struct IgnoredInterrupts: ~Copyable {
    private var before: [(number: Int32, action: sigaction)] = []

    init() {
        for number in [SIGINT, SIGQUIT] {
            var ignoring = sigaction()
            ignoring.__sigaction_handler.sa_handler = SIG_IGN
            var old = sigaction()
            if sigaction(number, &ignoring, &old) == 0 { before.append((number, old)) }
        }
    }

    deinit {
        for (number, action) in before {
            var action = action
            sigaction(number, &action, nil)
        }
    }
}
