#!/bin/bash
# Make the gateway's certificate, by an authority of this project's own: config/tls/{authority,certificate,key}.pem.
# Usage: ./scripts/make-certificate.sh [DAYS_LEFT] [NAME]; afterwards: docker exec frontend nginx -s reload
# Days below zero make a certificate that ran out so long ago; a NAME takes the place of this machine's own.
set -euo pipefail
days=${1:-90}
names=DNS:localhost,DNS:frontend,IP:127.0.0.1
[ $# -ge 2 ] && names=DNS:$2
folder=$(dirname "$0")/../config/tls
mkdir -p "$folder"
cd "$folder"
umask 077

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256; }
moment() { date -u -d "$1 days" +%Y%m%d%H%M%SZ; }

# The authority is made once: clients that trust it trust every later certificate.
if [ ! -f authority.pem ]; then
  new_key > authority.key
  openssl req -x509 -new -key authority.key -days 3650 -subj "/CN=schedgen authority" -out authority.pem \
    -addext keyUsage=critical,keyCertSign,cRLSign
fi
new_key > key.new
openssl req -new -key key.new -subj "/CN=schedgen" -addext "subjectAltName=$names" > request.pem
period=(-days "$days")
[ "$days" -lt 0 ] && period=(-not_before "$(moment "$((days - 90))")" -not_after "$(moment "$days")")  # OpenSSL 3.4
openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key -copy_extensions copy "${period[@]}" \
  -out certificate.new
mv key.new key.pem
mv certificate.new certificate.pem
rm request.pem
