package import Guard

/// Who says no to a run; the same layers as those of a denied access.
package typealias DenialLayer = AccessDenial.Layer
