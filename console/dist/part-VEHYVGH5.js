import{a}from"./part-WX2MCKKV.js";import"./part-4HFC4W3K.js";export{a as default};
