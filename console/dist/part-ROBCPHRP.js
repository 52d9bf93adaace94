import{a}from"./part-MNUEVBX7.js";import"./part-4HFC4W3K.js";export{a as default};
