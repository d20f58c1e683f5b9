"""What more than one service needs: settings, logging, the queue's names, object storage, HTTP metrics."""
