import{V as e}from"./part-X7G6JLGO.js";async function o(t,n={}){return(await e(t,n,"text/csv")).body.text()}export{o as a};
