// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation: change that, and run the script.
/// The documentation's page as it is written, file by file.
enum PageSources {
  /// The scripts, in order.
  static let scripts = [
    dom, markdownInline, markdown, sql, project, search, layout, selection, panning, lineage, navigation, parts, pagesNode, pages, main
  ]
}
