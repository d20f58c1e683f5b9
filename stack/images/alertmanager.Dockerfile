FROM schedgen/servers:1
RUN mkdir /alertmanager && chown nobody:nogroup /alertmanager
USER nobody
WORKDIR /alertmanager
EXPOSE 9093
ENTRYPOINT ["prometheus-alertmanager"]
