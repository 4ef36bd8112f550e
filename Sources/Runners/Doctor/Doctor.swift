import Capsules
import Glibc
import Isolation
import Objects

/// Looks whether this machine has what capsules need to run, by doing each thing once (`docs/running.md`, "What a machine needs").
package struct Doctor {
    private let worker: String
    private let folder: String
    private let machines: MachineSource?
    private static let limits = SandboxLimits(milliseconds: 20_000, memoryBytes: 256 << 20)

    /// Looks with the program `amx-worker` at a path, in an empty folder of its own, and boots a guest of these machines.
    package init(worker: String, in folder: String, machines: MachineSource?) {
        (self.worker, self.folder, self.machines) = (worker, folder, machines)
    }

    /// All checks, in the order in which they depend on each other.
    package func checks() -> [DoctorCheck] {
        guard access(worker, X_OK) == 0 else {
            return [
                DoctorCheck(
                    "worker", .missing, "there is no \(worker)",
                    hint: "build it with `swift build -c release`, and keep it beside `amx`", isNeeded: true)
            ]
        }
        let sandbox: Sandbox
        do throws(AmxError) {
            sandbox = try Sandbox(worker: worker, showing: folder)
            let result = try sandbox.run(["/usr/bin/true"], limits: Self.limits)
            guard result.ending == .exited(0) else {
                let why = RunResult.setupFault(result.errors)
                let isFilter = why.contains("seccomp") || why.contains("SECCOMP")
                return [
                    DoctorCheck(
                        "sandbox", .missing, "it cannot be made: \(why)",
                        hint: isFilter ? Self.filterHint : Self.namespaceHint, isNeeded: true)
                ]
            }
        } catch {
            return [DoctorCheck("sandbox", .missing, error.message, hint: error.hint, isNeeded: true)]
        }
        return [
            DoctorCheck("sandbox", .ok, "a program ran in it", isNeeded: true), user(sandbox), memory(),
            program("python3", in: sandbox, package: "python3"), program("node", in: sandbox, package: "nodejs"),
            script(),
            module(),
            machine(),
        ]
    }

    /// Who a program in the sandbox is to the kernel.
    private func user(_ sandbox: Sandbox) -> DoctorCheck {
        geteuid() == 0
            ? DoctorCheck("user", .ok, "programs run as users of their own, one for each sandbox")
            : DoctorCheck(
                "user", .limited, "programs run as this user, in namespaces of their own",
                hint: "as root, each sandbox has a user of its own")
    }

    private func memory() -> DoctorCheck {
        do throws(AmxError) {
            _ = try Sandbox(worker: worker, showing: folder, heldMemory: true)
            return DoctorCheck("memory", .ok, "control groups hold memory, processes and processors")
        } catch {
            return DoctorCheck(
                "memory", .limited,
                "memory is watched every 5 ms, and processors are not held: this user has no control groups",
                hint: "run as root where control groups are")
        }
    }

    private func program(_ name: String, in sandbox: Sandbox, package: String) -> DoctorCheck {
        let hint = "install it, on Debian with `apt-get install \(package)`; only programs below /usr are seen"
        do throws(AmxError) {
            let result = try sandbox.run(["/usr/bin/\(name)", "--version"], limits: Self.limits)
            guard result.ending == .exited(0) else {
                return DoctorCheck(name, .missing, "/usr/bin/\(name) does not run in the sandbox", hint: hint)
            }
            return DoctorCheck(name, .ok, RunResult.lastLine(result.output))
        } catch {
            return DoctorCheck(name, .missing, error.message, hint: hint)
        }
    }

    private func script() -> DoctorCheck {
        do throws(AmxError) {
            try FileContent.create("\(folder)/main.js", Array("function handler(input) { return input + 1 }".utf8))
            var host = NoHost()
            let run = EngineRun(.file(try TreePath("main.js")), input: 41, limits: Self.limits)
            let result = try JavaScriptRunner(worker: worker, showing: folder).run(run, host: &host) {}
            guard result.result == 42 else {
                return DoctorCheck("js", .missing, result.error ?? "it does not count", hint: Self.scriptHint)
            }
            return DoctorCheck("js", .ok, "a script ran in JavaScriptCore")
        } catch {
            return DoctorCheck("js", .missing, error.message, hint: error.hint ?? Self.scriptHint)
        }
    }

    /// A module whose function `main` does nothing, which gives `null`.
    private static let moduleBytes: [UInt8] = [
        0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00,
        // The type of a function without parameters and results; one function of it.
        0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00,
        // It is exported as `main`, and is empty.
        0x07, 0x08, 0x01, 0x04, 0x6D, 0x61, 0x69, 0x6E, 0x00, 0x00, 0x0A, 0x04, 0x01, 0x02, 0x00, 0x0B,
    ]

    private func module() -> DoctorCheck {
        do throws(AmxError) {
            try FileContent.create("\(folder)/main.wasm", Self.moduleBytes)
            let component = Component(
                id: "main", file: try TreePath("main.wasm"), hash: SHA256Hasher.hash(of: Self.moduleBytes))
            var host = NoHost()
            let run = EngineRun(.component(id: "main", export: "main"), input: nil, limits: Self.limits)
            let result = try WasmRunner(worker: worker, showing: folder, components: [component])
                .run(run, host: &host) {}
            guard result.isSuccess else {
                return DoctorCheck("wasm", .missing, result.error ?? "it does not run", hint: WasmLibrary.hint)
            }
            return DoctorCheck("wasm", .ok, "a module ran in Wasmtime")
        } catch {
            return DoctorCheck("wasm", .missing, error.message, hint: error.hint ?? WasmLibrary.hint)
        }
    }

    private static let namespaceHint =
        "user namespaces must be allowed: `sysctl user.max_user_namespaces`, and no AppArmor profile against them"
    private static let filterHint = "system call filters must be allowed: a kernel with CONFIG_SECCOMP_FILTER"
    private func machine() -> DoctorCheck {
        guard let machines else {
            return DoctorCheck("vm", .missing, "there is no place for images: neither HOME nor XDG_CACHE_HOME is set")
        }
        do throws(AmxError) {
            let machine = try VirtualMachine(machines.parts)
            // As most runs have it, whose image is there then.
            let limits = SandboxLimits(milliseconds: Self.limits.milliseconds)
            _ = try machine.image(forMemory: limits.memoryBytes, willBoot: machines.willBoot)
            let sandbox = try Sandbox(worker: worker, showing: folder, machine: machine)
            let result = try sandbox.run(["/usr/bin/uname", "-sr"], limits: limits)
            guard result.ending == .exited(0) else {
                return DoctorCheck(
                    "vm", .missing, "a guest does not run programs: \(RunResult.lastLine(result.errors))")
            }
            return DoctorCheck(
                "vm", .ok, "a program ran in a guest with \(RunResult.lastLine(result.output)), emulated by QEMU")
        } catch {
            return DoctorCheck("vm", .missing, error.message, hint: error.hint)
        }
    }

    private static let scriptHint = "install it, on Debian with `apt-get install libjavascriptcoregtk-4.1-0`"
}
