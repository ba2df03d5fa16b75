/// What may be kept beside a project.
public enum KeptValue: String, Sendable, CaseIterable {
  /// What the last run left, and what must be as it was for it to be so still.
  case run
  /// What became of its nodes.
  case results
}

extension ParseCache {
  private static let valueKind = "weir value 1"

  private func path(of value: KeptValue) -> String { "\(folder)/\(name).\(value.rawValue)" }

  /// Keeps something that was made of the kept project. Gives what stands for it; nil if it cannot be kept.
  func keep(_ value: some Encodable, as place: KeptValue, of project: KeptIdentity) -> UInt64? {
    var writer = ByteWriter()
    project.write(to: &writer)
    do {
      let parts = [CachePart(writer.bytes), CachePart(try PositionalEncoder.bytes(of: value))]
      let (bytes, identity) = CacheFile.assemble(Self.valueKind, parts)
      return CacheFile.replace(path(of: place), with: bytes) ? identity : nil
    } catch {
      // Something that cannot be written: it is made anew each time.
      return nil
    }
  }

  /// What is kept at a place and was made of the kept project, with what stands for it; nil if there is nothing, or it is
  /// damaged.
  func value<Value: Decodable>(
    _ type: Value.Type, at place: KeptValue, of project: KeptIdentity
  ) -> (value: Value, identity: UInt64)? {
    guard let parts = CacheParts(path(of: place), kind: Self.valueKind) else { return nil }
    do {
      var reader = ByteReader(try parts.part(0).bytes)
      guard try KeptIdentity(from: &reader) == project else { return nil }
      return (try parts.decode(1), parts.identity)
    } catch {
      // Damaged: it is made anew.
      return nil
    }
  }
}
