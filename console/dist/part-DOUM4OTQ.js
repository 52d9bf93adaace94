import{V as e}from"./part-76FQ3ILI.js";async function o(t,n={}){return(await e(t,n,"text/csv")).body.text()}export{o as a};
