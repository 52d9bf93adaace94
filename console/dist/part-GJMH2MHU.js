import{a}from"./part-V4U7OXEX.js";import"./part-4HFC4W3K.js";export{a as default};
