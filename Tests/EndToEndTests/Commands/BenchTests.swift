import Foundation
import TestSupport
import Testing

/// `amx-bench resolve` takes graphs and scenarios as files, gzipped too, and prints one object with every query.
@Suite(.onTestThreads, .enabled(if: Executables.bench != nil, "amx-bench was not built")) struct BenchTests {
    /// `app` has two versions, of which one needs a `lib` that there is.
    private static let graph = """
        {"meta": {"what": "a test"}, "queries": [
          {"name": "fits", "roots": [[0, 0]], "truth": "sat"},
          {"name": "does not", "roots": [[0, 1], [1, 0]], "truth": "unsat"},
          {"name": "unknown", "roots": [[1, 0]]}],
         "packages": [
          {"name": "app", "versions": ["1.0.0", "2.0.0"], "constraints": [["^1.0.0", [[0, 1]]], ["^2.0.0", [[1, 2]]]],
           "deps": [[1, 0], [1, 1]]},
          {"name": "lib", "versions": ["1.0.0", "2.0.0"], "constraints": [["^1.0.0", [[0, 1]]], ["^2.0.0", [[1, 2]]]],
           "deps": [[], []]}]}
        """
    private static let scenarios = """
        {"meta": {}, "cases": [
          {"name": "highest", "index": {"a": {"1.0.0": {"deps": {"b": "^1.0.0"}}}, "b": {"1.0.0": {"deps": {}}, "1.2.0": {}}},
           "roots": {"a": "*"}, "expected": {"solution": {"a": "1.0.0", "b": "1.2.0"}}, "applicable": true},
          {"name": "locked", "index": {"b": {"1.0.0": {}, "1.2.0": {}}}, "roots": {"b": "^1.0.0"}, "locked": {"b": "1.0.0"},
           "expected": {"solution": {"b": "1.0.0"}}, "applicable": true},
          {"name": "none", "index": {"b": {"1.0.0": {}}}, "roots": {"b": "^2.0.0"}, "expected": {"unsat": true}, "applicable": true},
          {"name": "other", "index": {}, "roots": {"b": ">=1 <2"}, "expected": {"unsat": true}, "applicable": false,
           "not_applicable": "its constraints are not ours"}]}
        """

    private func run(_ arguments: String..., status: Int32 = 0) throws -> JSONNode {
        let outcome = try Tool.run(try #require(Executables.bench), ["resolve"] + arguments + ["--json"])
        #expect(outcome.status == status, "\(outcome.errors)")
        return try JSONNode(outcome.output)
    }

    @Test(arguments: [false, true]) func graphs(gzipped: Bool) throws {
        let folder = try TemporaryDirectory("amx-e2e-bench")
        var path = try folder.write("graph.json", text: Self.graph)
        if gzipped {
            #expect(try Tool.run("gzip", [path]).status == 0)
            path += ".gz"
        }
        let queries = try run("--graph", path)["queries"].array
        #expect(queries.map { $0["name"].string } == ["fits", "does not", "unknown"])
        #expect(queries.map { $0["verdict"].string } == ["sat", "unsat", "sat"])
        for query in queries {
            guard case .object(let members) = query else { throw TestFailure("\(query)") }
            #expect(members["milliseconds"] != nil && (members["solution"] == nil) == (members["core"] != nil))
        }
        #expect(queries[0]["solution"]["app"].string == "1.0.0" && queries[0]["solution"]["lib"].string == "1.0.0")
        let core = queries[1]["core"].array
        #expect(core.count == 3 && core.allSatisfy { $0["from"].string != nil && $0["to"].string != nil })
        #expect(try run("--graph", path, "--only", "fits")["queries"].array.count == 1)
    }

    /// A verdict that the file does not expect is told, and the exit status with it.
    @Test func aWrongVerdictIsTold() throws {
        let folder = try TemporaryDirectory("amx-e2e-bench")
        let path = try folder.write(
            "graph.json", text: Self.graph.replacing(#""truth": "sat""#, with: #""truth": "unsat""#))
        #expect(try run("--graph", path, status: 1)["queries"][0]["wrong"].string == "expected unsat")
    }

    @Test func scenarios() throws {
        let folder = try TemporaryDirectory("amx-e2e-bench")
        let path = try folder.write("scenarios.json", text: Self.scenarios)
        let queries = try run("--scenarios", path)["queries"].array
        #expect(queries.map { $0["name"].string } == ["highest", "locked", "none"])
        #expect(queries.map { $0["verdict"].string } == ["sat", "sat", "unsat"])
        #expect(queries.allSatisfy { $0["wrong"] == .null && $0["expected"] == .null })
        #expect(queries[1]["solution"]["b"].string == "1.0.0")
    }

    @Test func theOrderOfLoadingIsChecked() throws {
        let outcome = try Tool.run(
            try #require(Executables.bench), ["order", "--capsules", "2000", "--rounds", "1"])
        #expect(outcome.status == 0 && outcome.text.contains("| order of loading | "), "\(outcome.errors)")
    }
}
