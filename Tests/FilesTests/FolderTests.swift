import Files
import Foundation
import Testing

@Suite("Folders")
struct FolderTests {
  @Test("names come sorted, hidden files, folders and dangling links among them")
  func names() throws {
    let folder = NSTemporaryDirectory() + "weir-files-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder + "/b", withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    try Data().write(to: URL(fileURLWithPath: folder + "/ü"))
    try Data().write(to: URL(fileURLWithPath: folder + "/.hidden"))
    try FileManager.default.createSymbolicLink(atPath: folder + "/a", withDestinationPath: "/no/such/file")
    #expect(try Folder.names(in: folder) == [".hidden", "a", "b", "ü"])
  }

  @Test("a folder tells what its names stand for, but for links")
  func kinds() throws {
    let folder = NSTemporaryDirectory() + "weir-files-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder + "/b", withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    try Data().write(to: URL(fileURLWithPath: folder + "/c"))
    try FileManager.default.createSymbolicLink(atPath: folder + "/a", withDestinationPath: "c")
    let entries = try Folder.entries(in: folder)
    #expect(entries.map(\.name) == ["a", "b", "c"])
    #expect(entries[0].kind == .unclear)
    // Not every file system says more than that.
    #expect(entries[1].kind == .folder || entries[1].kind == .unclear)
    #expect(entries[2].kind == .file || entries[2].kind == .unclear)
  }

  @Test("the system's refusal is told by its number")
  func refusal() {
    #expect(throws: Folder.Refusal(code: ENOENT)) { try Folder.names(in: "/no/such/folder") }
    #expect(throws: Folder.Refusal(code: ENOTDIR)) { try Folder.names(in: "/etc/passwd") }
  }
}
