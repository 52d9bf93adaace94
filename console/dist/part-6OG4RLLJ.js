import{a}from"./part-TOBZB5VN.js";import"./part-466L6UKP.js";import"./part-4HFC4W3K.js";export{a as default};
