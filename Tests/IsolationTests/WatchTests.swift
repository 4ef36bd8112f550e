import Foundation
import TestSupport
import Testing

@testable import Isolation

/// What a program can do to be seen less where its memory is only watched.
@Suite(.onTestThreads) struct WatchTests {
    private static let growing = """
        import time
        def grow():
         x=[]
         while len(x)<400: x.append(bytearray(b'x')*(1<<20)); time.sleep(0.005)
         time.sleep(600)
        """

    /// Ways to have 400 MB and to keep them, and how each ends. Memory grows with pauses, by 100 MB in half a second: a look that comes
    /// late on a busy machine comes in time.
    private static let ways: [(name: String, lines: String, ending: LaunchReply.Ending)] = [
        ("a process", "\(growing)\ngrow()", .outOfMemory),
        (
            "a child of another thread than the first",
            """
            \(growing)
            import os,threading
            def work():
                if os.fork()==0: grow()
                os.wait()
            t=threading.Thread(target=work); t.start(); t.join()
            """, .outOfMemory
        ),
        (
            "a grandchild whose parent has ended",
            """
            \(growing)
            import os
            if os.fork()==0:
                os.setsid()
                if os.fork(): os._exit(0)
                grow()
            time.sleep(600)
            """, .outOfMemory
        ),
        (
            "many processes",
            """
            import os,time
            for _ in range(20):
                if os.fork()==0: x=bytearray(b'x')*(20<<20); time.sleep(600)
                time.sleep(0.1)
            time.sleep(600)
            """, .outOfMemory
        ),
        (
            "tables of pages that have no memory",
            """
            import ctypes
            libc=ctypes.CDLL(None); libc.mmap.restype=ctypes.c_void_p
            libc.mmap.argtypes=[ctypes.c_void_p,ctypes.c_size_t]+[ctypes.c_int]*3+[ctypes.c_long]
            start=libc.mmap(None,1<<40,1,0x4022,-1,0)
            import time
            for offset in range(0,200<<30,2<<20):
                ctypes.c_char.from_address(start+offset).value
                if offset%(512<<20)==0: time.sleep(0.005)
            time.sleep(600)
            """, .outOfMemory
        ),
        ("files in /tmp", "for n in range(20): open(f'/tmp/{n}','wb').write(b'x'*(15<<20))", .exited(1)),
        (
            "files without content",
            """
            import os,time
            for n in range(400000):
                os.close(os.open(f'/tmp/{n}',os.O_CREAT))
                if n%1000==0: time.sleep(0.005)
            time.sleep(600)
            """, .outOfMemory
        ),
        // What the watch cannot see is not given.
        ("files in memory", "import os\ntry: os.memfd_create('x')\nexcept PermissionError: os._exit(9)", .exited(9)),
        (
            "memory that is shared without a file",
            """
            import mmap,os
            mmap.mmap(-1,1<<20,flags=mmap.MAP_PRIVATE|mmap.MAP_ANONYMOUS)
            f=open('/tmp/x','w+b'); f.truncate(1<<20); mmap.mmap(f.fileno(),1<<20)
            try: mmap.mmap(-1,1<<20)
            except PermissionError: os._exit(9)
            """, .exited(9)
        ),
        (
            "processes",
            "import os,time\nwhile True:\n try:\n  if os.fork()==0: time.sleep(60)\n except OSError: pass",
            .tooManyProcesses
        ),
        (
            // Those that the kernel refuses more stay: such a bomb of a shell's functions may be over before anybody looks.
            "processes faster than anybody can look",
            "import os,time\nwhile True:\n try: os.fork()\n except OSError: time.sleep(600)", .tooManyProcesses
        ),
        (
            "threads",
            "import threading,time\nwhile True:\n try: threading.Thread(target=time.sleep,args=(60,)).start()\n except RuntimeError: pass",
            .tooManyProcesses
        ),
    ]

    @Test(arguments: ways.map(\.name)) func allOfItIsSeen(_ name: String) throws {
        let way = try #require(Self.ways.first { $0.name == name })
        let sandbox = try SandboxFixture(.unprivileged, isWatched: true)
        let isCount = way.ending == .tooManyProcesses
        // It is not its time that ends it.
        let result = try sandbox.python(
            way.lines, milliseconds: 600_000, watched: isCount ? 4 << 30 : 128 << 20)
        #expect(result.reply.ending == way.ending, "\(result.errors.suffix(300))")
        // One look every five milliseconds: a busy machine looks later, and none so late.
        if way.ending == .outOfMemory { #expect(result.reply.peakBytes < 400 << 20) }
        #expect(try sandbox.shell("true", watched: 1 << 30).reply.ending == .exited(0))
    }

    /// Processor time counts for all that a program has started, also where nobody has waited for it.
    @Test(arguments: [0, 1, 2]) func allTimeIsCounted(_ way: Int) throws {
        let spin = "import time\nwhile time.process_time()<0.4: pass"
        let lines = [
            "import os,time\nfor _ in range(2):\n if os.fork()==0:\n  while time.process_time()<0.4: pass\n  os._exit(0)\n"
                + "os.wait(); os.wait()",
            """
            import os,time
            if os.fork(): time.sleep(60)
            while True:
             end=time.process_time()+0.01
             while time.process_time()<end: pass
             print(int(time.process_time()*1e6),flush=True)
            """, spin,
        ]
        let sandbox = try SandboxFixture(.unprivileged, isWatched: true)
        let result = try sandbox.python(lines[way], milliseconds: way == 1 ? 1_500 : 60_000, watched: 1 << 30)
        #expect(result.reply.ending == (way == 1 ? .timedOut : .exited(0)))
        let used = result.reply.processorMicroseconds
        switch way {
        case 0: #expect(used >= 760_000 && used < 3_000_000)
        case 1:
            // What the child has said of itself, however little of the machine it had; the kernel counts by ticks.
            let said = result.output.split(separator: "\n").last.flatMap { UInt64($0) } ?? 0
            #expect(used + 20_000 >= said && used < 2_000_000, "\(used) \(said)")
        default: #expect(used >= 380_000 && used < 1_500_000)
        }
    }
}
