import CommandTesting
import Foundation
import ServiceTesting
import Testing

/// Object stores that are lost while a build writes to them.
@Suite("Losing the store in mid-write")
struct LostStoreTests {
  /// When the connection goes, by the bytes sent: in the first part of the first file, and later on.
  private static let bytes = [100_000, 3_000_000]

  @Test("A lake whose data cannot be written stays as it was; the next build does it all", arguments: bytes)
  func lake(_ bytes: Int) async throws {
    let store = try await Services.s3()
    let proxy = try await Services.proxy(to: store.endpoint)
    let project = try LakeProject(
      target: try await LakePlace.onServer(
        data: store.makeFolder(), secret: store.through(proxy).profileSecret))
    let model = { (version: Int) in
      "{{ config(materialized='table') }}\n"
        + "select range as id, md5((range * \(version))::varchar) as v, \(version) as version from range(150000)"
    }
    try project.folder.write(model(1), to: "models/big.sql")
    try project.folder.write(
      "select range as n, md5(range::varchar) as v from range(3)", to: "models/small.sql")
    try project.folder.write(
      "loads: [{name: raw, from: data, tables: [{name: t, from: '*.csv', write: append}]}]\n",
      to: "loads/raw.yml")
    try write(1, to: project)
    try await project.build()
    #expect(try await contents(of: project) == ["150000,1,40000"])
    try project.folder.write(model(2), to: "models/big.sql")
    try write(2, to: project)
    try await proxy.set(.init(.reset, after: bytes, side: .up))
    let lost = try await project.weir("build")
    #expect(lost.status == 1, "\(lost.output)\(lost.errors)")
    #expect(!(lost.output + lost.errors).contains(store.secret))
    try await proxy.heal()
    // What was done before the store went is there, whole; what was being written is as it was.
    #expect(["150000,1,40000", "150000,1,80000"].contains(try await contents(of: project).joined()))
    try await project.build()
    #expect(try await contents(of: project) == ["150000,2,80000"])
    #expect(try await project.rows(of: "select count(distinct id) from raw.t") == ["80000"])
  }

  private func write(_ file: Int, to project: LakeProject) throws {
    let first = (file - 1) * 40_000
    try project.folder.write(
      "id,v\n" + (first..<first + 40_000).map { "\($0),\(UInt64($0) &* 0x9E37_79B9_7F4A_7C15)\n" }.joined(),
      to: "data/\(file).csv")
  }

  private func contents(of project: LakeProject) async throws -> [String] {
    try await project.rows(
      of: "select count(*), max(version), (select count(*) from raw.t) from {{ ref('big') }}")
  }

  @Test(
    "A file, or a folder of them, that cannot be written whole is not written at all", arguments: ["", "p"])
  func external(_ partition: String) async throws {
    let store = try await Services.s3()
    let proxy = try await Services.proxy(to: store.endpoint)
    let folder = store.makeFolder()
    let isFile = partition.isEmpty
    let project = try ExternalProject(
      config: "location='\(folder)/rows\(isFile ? ".csv" : "")', format='csv'"
        + (isFile ? "" : ", options={'partition_by': '\(partition)'}"),
      target: "{type: duckdb, path: shop.duckdb, secrets: [\(store.through(proxy).profileSecret)]}")
    for (count, version, after) in [(300_000, 1, 0), (300_000, 2, 1_000_000), (300_000, 3, 0)] {
      if after > 0 { try await proxy.set(.init(.close, after: after, side: .up)) }
      let outcome = try await project.build(n: count, v: version)
      try await proxy.heal()
      #expect(outcome.status == (after > 0 ? 1 : 0), "\(outcome.output)\(outcome.errors)")
      #expect(!(outcome.output + outcome.errors).contains(store.secret))
      let live = after > 0 ? version - 1 : version
      #expect(
        try await project.rows(of: "select count(*), min(v), max(v) from rows") == ["300000,\(live),\(live)"])
      #expect(try await project.rows(of: "select n, v from after") == ["300000,\(live)"])
    }
    let left = try await project.rows(of: "select count(*) from glob('\(folder)/**')")
    // A file, or three of the current version, three of the one before, and the mark that says which counts.
    #expect(left == [isFile ? "1" : "7"], "leftovers")
  }
}
