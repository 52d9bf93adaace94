// Written by console/build: not to be changed here.
&[
    ("console-3K3DM4EB.js", "text/javascript; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/console-3K3DM4EB.js"))),
    ("icon-b918d853.svg", "image/svg+xml", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/icon-b918d853.svg"))),
    ("index.html", "text/html; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/index.html"))),
    ("part-3JILTLGM.js", "text/javascript; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/part-3JILTLGM.js"))),
    ("style-SEQ2PMY3.css", "text/css; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/style-SEQ2PMY3.css"))),
]
