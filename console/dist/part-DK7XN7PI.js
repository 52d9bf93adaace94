import{f as t,h as e}from"./part-VBPW457V.js";var o=0;function r(){let n=!0;return o+=1,()=>{n&&(o=Math.max(0,o-1)),n=!1}}e(()=>o);t(()=>{o=0});export{r as a};
