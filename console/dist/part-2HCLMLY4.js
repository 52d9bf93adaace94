import{$ as e}from"./part-HA3Q7ARU.js";async function i(n,o={}){return(await e(n,o,"text/csv")).body}export{i as a};
