// Written by console/build: not to be changed here.
&[
    ("console-XHGHNMJ7.js", "text/javascript; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/console-XHGHNMJ7.js"))),
    ("icon-b918d853.svg", "image/svg+xml", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/icon-b918d853.svg"))),
    ("index.html", "text/html; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/index.html"))),
    ("part-GBYGRUOJ.js", "text/javascript; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/part-GBYGRUOJ.js"))),
    ("style-XYGYVHBA.css", "text/css; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/style-XYGYVHBA.css"))),
]
