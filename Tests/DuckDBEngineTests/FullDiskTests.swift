import Diagnostics
import EngineCore
import Tabular
import Testing

@testable import DuckDBEngine

#if canImport(Glibc)
  import Glibc

  @Suite struct FullDiskTests {
    @Test(
      "A full disk is a diagnostic; the table keeps its old rows and the session works on",
      .enabled(if: canMount, "only root can mount a small disk"))
    func fullDisk() async throws {
      try await withFolder { folder in
        try #require(mount("tmpfs", folder, "tmpfs", 0, "size=4m") == 0)
        defer { umount2(folder, Int32(MNT_DETACH)) }
        let path = "\(folder)/a.duckdb"
        try await withDuckDB(path: path) { connection in
          try connection.execute("CREATE TABLE t AS SELECT 1 AS i")
          let error = #expect(throws: Diagnostic.self) {
            try connection.execute(
              "CREATE OR REPLACE TABLE t AS SELECT i, hash(i) h FROM range(3000000) r(i)")
          }
          #expect(error?.code == .engineInputOutput)
          #expect(error?.message == "IO Error: Could not write file \"\(path)\": No space left on device")
          #expect(error?.hint == "free some space on that disk")
          try #expect(connection.query("FROM t").rows == [[.integer(1)]])
        }
        try await withDuckDB(path: path) { try #expect($0.query("FROM t").rows == [[.integer(1)]]) }
      }
    }

    /// Whether this process may mount: root in a container often may not.
    private static let canMount: Bool = {
      guard geteuid() == 0 else { return false }
      var template = Array("/tmp/weir-mount-XXXXXX".utf8CString)
      guard let folder = mkdtemp(&template) else { return false }
      defer { rmdir(folder) }
      guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return false }
      return umount2(folder, Int32(MNT_DETACH)) == 0
    }()
  }
#endif
