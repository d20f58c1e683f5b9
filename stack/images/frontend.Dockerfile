FROM schedgen/servers:1
COPY config/nginx/nginx.conf /etc/nginx/nginx.conf
COPY config/nginx/index.html config/nginx/page.css config/nginx/page.js config/nginx/icon.svg /usr/share/nginx/schedgen/
EXPOSE 3000 3443 8000 8001
STOPSIGNAL SIGTERM
CMD ["nginx", "-g", "daemon off;"]
