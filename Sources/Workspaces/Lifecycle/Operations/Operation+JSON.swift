package import Capsules
import Objects

extension Operation {
    /// The number of the form of `operation.json`.
    static let schema: Int64 = 1

    /// The content of `operation.json`, without the documents, which lie beside it.
    package var json: JSONValue {
        var object: JSONObject = [
            "arguments": .strings(arguments), "capsules": .array(changes.map(\.json)),
            "command": .string(command.rawValue), "schema": .integer(Self.schema), "time": .string(time.text),
        ]
        object["undoes"] = undoes.map { .string($0.hex) }
        return .object(object)
    }

    /// Reads the form of ``json``; nil for anything else.
    init?(_ json: JSONValue, before: Documents, after: Documents) {
        guard json["schema"] == .integer(Self.schema),
            let command = json["command"]?.string.flatMap({ Command(rawValue: $0) }),
            let words = json["arguments"]?.array, let capsules = json["capsules"]?.array,
            let time = json["time"]?.string.flatMap({ EventTime(canonical: $0) })
        else { return nil }
        let arguments = words.compactMap(\.string)
        let changes = capsules.compactMap { Change($0) }
        guard arguments.count == words.count, changes.count == capsules.count else { return nil }
        var undoes: ObjectID?
        if let value = json["undoes"] {
            guard let id = value.string.flatMap({ ObjectID(hex: $0) }) else { return nil }
            undoes = id
        }
        self.init(command, arguments, at: time, changes: changes, before: before, after: after, undoes: undoes)
    }
}

extension Operation.Change {
    /// The entry of `operation.json`.
    package var json: JSONValue {
        var object: JSONObject = ["id": .string(capsule.string), "before": before.json, "after": after.json]
        object["configurationBefore"] = configurationBefore.map(JSONValue.object)
        object["configurationAfter"] = configurationAfter.map(JSONValue.object)
        return .object(object)
    }

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let capsule = try? CapsuleID(id),
            let before = json["before"].flatMap({ Operation.Place($0) }),
            let after = json["after"].flatMap({ Operation.Place($0) })
        else { return nil }
        self.init(
            of: capsule, from: before, to: after, configurationBefore: json["configurationBefore"]?.object,
            configurationAfter: json["configurationAfter"]?.object)
    }
}

extension Operation.Place {
    /// An object with `entry` and `form`; empty for absence.
    var json: JSONValue {
        var object = JSONObject()
        object["entry"] = entry?.json
        object["form"] = form.map { .string($0.rawValue) }
        return .object(object)
    }

    init?(_ json: JSONValue) {
        guard json.object != nil else { return nil }
        var entry: LockedCapsule?
        if let value = json["entry"] {
            guard let found = LockedCapsule(value) else { return nil }
            entry = found
        }
        var form: Form?
        if let value = json["form"] {
            guard let found = value.string.flatMap({ Form(rawValue: $0) }) else { return nil }
            form = found
        }
        self.init(entry: entry, form: form)
    }
}
