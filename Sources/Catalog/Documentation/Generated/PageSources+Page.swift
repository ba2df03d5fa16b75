// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/page.html: change that, and run the script.
extension PageSources {
  static let page = #"""
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{{script-hash}}'; style-src 'unsafe-inline'; img-src * data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Weir">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%231f6f8b'/%3E%3Cpath d='M2 5c2 0 2 2 4 2s2-2 4-2 2 2 4 2M2 10c2 0 2 2 4 2s2-2 4-2 2 2 4 2' fill='none' stroke='%23fff' stroke-width='1.6'/%3E%3C/svg%3E">
<title>{{title}}</title>
<style>
{{style}}</style>
</head>
<body>
<a class="skip" href="#page">Skip to the page</a>
<header id="top"></header>
<div id="body">
<nav id="side" aria-label="Project"></nav>
<main id="page" tabindex="-1"><noscript>This page needs JavaScript. It loads nothing from anywhere: all it shows is in this file.</noscript></main>
</div>
<script type="application/json" id="data">{{data}}</script>
<script>{{script}}</script>
</body>
</html>

"""#
}
