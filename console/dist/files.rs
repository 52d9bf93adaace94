// Written by console/build: not to be changed here.
&[
    ("console-DDLE2HBN.js", "text/javascript; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/console-DDLE2HBN.js"))),
    ("icon-b918d853.svg", "image/svg+xml", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/icon-b918d853.svg"))),
    ("index.html", "text/html; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/index.html"))),
    ("part-RSE232WF.js", "text/javascript; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/part-RSE232WF.js"))),
    ("style-35VEC72K.css", "text/css; charset=utf-8", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/style-35VEC72K.css"))),
]
