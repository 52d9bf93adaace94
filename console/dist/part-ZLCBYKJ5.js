import"./part-4HFC4W3K.js";var e={};export{e as default};
