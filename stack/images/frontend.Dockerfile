FROM schedgen/servers:1
COPY config/nginx/nginx.conf /etc/nginx/nginx.conf
COPY config/nginx/index.html /usr/share/nginx/schedgen/index.html
EXPOSE 3000 8000 8001
STOPSIGNAL SIGTERM
CMD ["nginx", "-g", "daemon off;"]
