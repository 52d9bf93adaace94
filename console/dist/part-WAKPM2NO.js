import{a as t}from"./part-466L6UKP.js";import"./part-4HFC4W3K.js";var o=t({});export{o as default};
