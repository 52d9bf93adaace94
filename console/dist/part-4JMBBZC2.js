import{V as e}from"./part-HYE427OS.js";async function o(t,n={}){return(await e(t,n,"text/csv")).body.text()}export{o as a};
