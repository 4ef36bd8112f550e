extension SchemaWalk {
    // MARK: Arrays

    /// Whether a rule for arrays takes one.
    mutating func takes(_ elements: [JSONValue], _ rule: SchemaRule) throws(SchemaFault) -> Bool {
        switch rule {
        case .fewestElements(let least):
            return elements.count >= least || refuse(expected: "at least \(least) elements", found: "\(elements.count)")
        case .mostElements(let most):
            return elements.count <= most || refuse(expected: "at most \(most) elements", found: "\(elements.count)")
        case .distinctElements: return try areDistinct(elements)
        case .elements(let first, let others): return try takes(elements, first: first, others: others)
        case .contains(let schema, let least, let most):
            var count = 0
            for (index, element) in elements.enumerated() {
                way.append(.index(index))
                defer { way.removeLast() }
                if try wouldTake(element, by: schema) { count += 1 }
            }
            guard count >= least else {
                return refuse(expected: "at least \(least) elements that 'contains' takes", found: "\(count)")
            }
            guard let most, count > most else { return true }
            return refuse(expected: "at most \(most) elements that 'contains' takes", found: "\(count)")
        default: return true
        }
    }

    private mutating func takes(_ elements: [JSONValue], first: [Int], others: Int?) throws(SchemaFault) -> Bool {
        var isTaken = true
        for (index, element) in elements.enumerated() {
            guard let schema = index < first.count ? first[index] : others else { break }
            if index >= first.count, nodes[schema].takesNothing {
                return refuse(expected: "at most \(first.count) elements", found: "\(elements.count)")
            }
            if try !takes(element, by: schema, at: .index(index)) {
                isTaken = false
                if isDone { break }
            }
        }
        return isTaken
    }

    private mutating func areDistinct(_ elements: [JSONValue]) throws(SchemaFault) -> Bool {
        var isTaken = true
        var places: [JSONValue: Int] = [:]
        for (index, element) in elements.enumerated() {
            try spend(element.partCount)
            guard let place = places.updateValue(index, forKey: element.bySchemaValue) else { continue }
            way.append(.index(index))
            defer { way.removeLast() }
            isTaken = refuse(
                expected: "another element than that at [\(place)]", found: ManifestReader.describe(element))
            if isDone { break }
        }
        return isTaken
    }

    // MARK: Objects

    /// Whether a rule for objects takes one.
    mutating func takes(_ object: JSONObject, _ rule: SchemaRule) throws(SchemaFault) -> Bool {
        switch rule {
        case .fewestMembers(let least):
            return object.count >= least || refuse(expected: "at least \(least) members", found: "\(object.count)")
        case .mostMembers(let most):
            return object.count <= most || refuse(expected: "at most \(most) members", found: "\(object.count)")
        case .required(let names):
            return try has(names, object, "a value: it is required")
        case .requiredWith(let name, let names):
            try spend(object.count)
            guard object.contains(name) else { return true }
            return try has(names, object, "a value: '\(ManifestReader.excerpt(name))' requires it")
        case .members(let schemas): return try takes(object, schemas)
        case .names(let schema):
            var isTaken = true
            let outer = findings
            findings = []
            for member in object.members where !isDone || isTaken {
                try spend(member.key.utf8.count / 16)
                if try !takes(.string(member.key), by: schema, at: .key(member.key)) { isTaken = false }
            }
            let inner = findings
            findings = outer
            for finding in inner {
                let problem = finding.problem
                add(
                    Finding(
                        problem: SchemaProblem(
                            path: problem.path, expected: "in its name, \(problem.expected)", found: problem.found),
                        kind: nil))
            }
            return isTaken
        default: return true
        }
    }

    private mutating func has(
        _ names: [String], _ object: JSONObject, _ expected: String
    ) throws(SchemaFault) -> Bool {
        try spend(names.count + object.count)
        // Few are looked for one by one, since a set takes longer to make.
        let keys = names.count > 4 && object.count > 16 ? Set(object.keys.map(KeyBytes.init)) : nil
        var isTaken = true
        for name in names where !(keys?.contains(KeyBytes(name)) ?? object.contains(name)) {
            isTaken = refuse(missing: name, expected: expected)
            if isDone { break }
        }
        return isTaken
    }

    private mutating func takes(_ object: JSONObject, _ schemas: SchemaMembers) throws(SchemaFault) -> Bool {
        var isTaken = true
        for member in object.members {
            try spend(1 + member.key.utf8.count / 16)
            way.append(.key(member.key))
            defer { way.removeLast() }
            var isKnown = false
            if let schema = schemas.named[KeyBytes(member.key)] {
                isKnown = true
                if try !takes(member.value, by: schema) { isTaken = false }
            }
            for (pattern, schema) in schemas.matching where try isFound(pattern, in: member.key) {
                isKnown = true
                if try !takes(member.value, by: schema) { isTaken = false }
            }
            if !isKnown, let schema = schemas.others {
                if nodes[schema].takesNothing {
                    isTaken = refuse(expected: "no member of this name", found: ManifestReader.describe(member.value))
                } else if try !takes(member.value, by: schema) {
                    isTaken = false
                }
            }
            if isDone, !isTaken { break }
        }
        return isTaken
    }
}
