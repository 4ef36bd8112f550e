/// Who made a capsule: seed 000's `DeveloperInfo`, which it leaves undefined.
package struct Developer: Hashable, Sendable {
    package let name: String
    package let email: String?
    package let url: String?

    package init(name: String, email: String? = nil, url: String? = nil) {
        self.name = name
        self.email = email
        self.url = url
    }
}
