import{a}from"./part-J7GQP7HX.js";import"./part-4HFC4W3K.js";export{a as default};
