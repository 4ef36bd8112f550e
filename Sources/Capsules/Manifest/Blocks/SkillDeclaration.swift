package import Objects

/// A skill that a capsule brings: a Markdown file that tells agents how to do something.
package struct SkillDeclaration: Hashable, Sendable {
    package let name: String
    package let file: TreePath
    package let description: String
    /// What it needs, in words.
    package let compatibility: String?
    /// The tools that it may use, as the skill has them.
    package let allowedTools: String?
}
